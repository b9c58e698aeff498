import torch
from torch.nn import functional

from tenfold import models


def test_the_filters_whiten_the_patches():
    torch.manual_seed(0)
    images = functional.avg_pool2d(torch.rand(400, 1, 32, 32), 5, 1)
    model = models.build("whitened", options={"filters": 4})
    model.fit_stem(images)
    filters = model.stem.weight[:4, 0, :6, :6].reshape(4, 36)
    patches = functional.unfold(images, 6, stride=3).transpose(1, 2).reshape(-1, 36)
    answers = patches @ filters.T
    covariance = answers.T @ answers / len(answers)
    # The ridge takes something off the weaker components; beside it they are uncorrelated and of unit variance.
    assert (covariance - torch.diag(covariance.diagonal())).abs().max() < 1e-3
    assert 0.1 < covariance.diagonal().min() <= covariance.diagonal().max() <= 1.01


def test_the_stem_is_a_convolution_of_both_signs_and_a_max_pooling_that_skips_the_middle():
    torch.manual_seed(0)
    images = torch.rand(5, 1, 28, 28)
    model = models.build("whitened", options={"filters": 3})
    model.fit_stem(images)
    filters = model.stem.weight[:3, :, :6, :6]
    answers = functional.conv2d(images, torch.cat([filters, -filters]), padding=2)
    expected = functional.relu(functional.max_pool2d(answers, 2, stride=3, dilation=2))
    features = model.features(images)
    torch.testing.assert_close(features[:, :, 1:, 1:], expected)
    # The border above and to the left that the head's first layer needs.
    assert not features[:, :, 0].any()
    assert not features[:, :, :, 0].any()


def test_blank_images_leave_the_drawn_filters():
    model = models.build("whitened")
    drawn = model.stem.weight.clone()
    assert drawn.any()
    model.fit_stem(torch.zeros(10, 1, 28, 28))
    assert torch.equal(model.stem.weight, drawn)
