import torch

from tenfold import models


def test_the_filters_whiten_the_patches_and_come_with_both_signs():
    torch.manual_seed(0)
    images = torch.nn.functional.avg_pool2d(torch.rand(400, 1, 32, 32), 5, 1)
    model = models.build("whitened", options={"stem": 8})
    model.fit_stem(images)
    weight = model.stem.weight
    assert torch.equal(weight[:4], -weight[4:])
    patches = torch.nn.functional.unfold(images, 5, stride=3).transpose(1, 2).reshape(-1, 25)
    answers = patches @ weight[:4].reshape(4, 25).T
    covariance = answers.T @ answers / len(answers)
    # The ridge takes something off the weaker components; beside it they are uncorrelated and of unit variance.
    assert (covariance - torch.diag(covariance.diagonal())).abs().max() < 1e-3
    assert 0.1 < covariance.diagonal().min() <= covariance.diagonal().max() <= 1.01


def test_blank_images_leave_the_drawn_filters():
    model = models.build("whitened")
    drawn = model.stem.weight.clone()
    model.fit_stem(torch.zeros(10, 1, 28, 28))
    assert torch.equal(model.stem.weight, drawn)
