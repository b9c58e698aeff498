"""Random changes to a batch of images, as tensor operations on the whole batch at once."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def augment(
    images: Tensor,
    *,
    rotation: float = 0.0,
    scale: float = 0.0,
    shear: float = 0.0,
    translation: float = 0.0,
    elastic: float = 0.0,
    elastic_smoothness: float = 4.0,
    erasing: float = 0.0,
    flip: float = 0.0,
    blur: float = 0.0,
    haze: float = 0.0,
    noise: float = 0.0,
) -> Tensor:
    """Each image changed at random, drawn from torch's generator on the images' device.

    images [n, 1, h, w] float; the result has the same shape and type. rotation and shear are degrees,
    translation and elastic pixels, scale a share, erasing and flip chances; uniform in ± the value (elastic: standard
    deviation). blur and haze are shares, noise a standard deviation of pixels in [0, 1]: half of the images get some,
    uniform in 0 to the value. All 0 returns the images themselves.
    """
    if flip:
        mirrored = torch.rand(len(images), device=images.device) < flip
        images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    if rotation or scale or shear or translation or elastic:
        images = _warp(images, rotation, scale, shear, translation, elastic, elastic_smoothness)
    if erasing:
        images = _erase(images, erasing)
    if blur:
        images = torch.lerp(images, _blurred(images), _strengths(images, blur))
    if haze:
        images = torch.lerp(images, _smooth_ground(images), _strengths(images, haze))
    if noise:
        images = (images + torch.randn_like(images) * _strengths(images, noise)).clamp_(0, 1)
    return images


def _uniform(n: int, limit: float, like: Tensor) -> Tensor:
    """[n] float32 in ± limit."""
    return (torch.rand(n, device=like.device) * 2 - 1) * limit


def _strengths(images: Tensor, limit: float) -> Tensor:
    """[n, 1, 1, 1]: 0 for about half of the images, uniform in 0 to limit for the others."""
    shape = (len(images), 1, 1, 1)
    drawn = torch.rand(shape, device=images.device) * limit
    return (drawn * (torch.rand(shape, device=images.device) < 0.5)).to(images.dtype)


def _blurred(images: Tensor) -> Tensor:
    """Images under a binomial filter of 7 by 7, which is a Gaussian of about 1.2 pixels."""
    taps = torch.tensor([1.0, 6.0, 15.0, 20.0, 15.0, 6.0, 1.0], dtype=images.dtype, device=images.device) / 64
    rows = functional.conv2d(images, taps.view(1, 1, 7, 1), padding=(3, 0))
    return functional.conv2d(rows, taps.view(1, 1, 1, 7), padding=(0, 3))


def _smooth_ground(images: Tensor) -> Tensor:
    """A grey ground [n, 1, h, w] for each image: a few random shades, 0 to 1, and smooth between them."""
    coarse = torch.rand(len(images), 1, 5, 5, device=images.device)
    ground = functional.interpolate(coarse, images.shape[2:], mode="bicubic", align_corners=True)
    return ground.clamp_(0, 1).to(images.dtype)


def _warp(
    images: Tensor,
    rotation: float,
    scale: float,
    shear: float,
    translation: float,
    elastic: float,
    smoothness: float,
) -> Tensor:
    """One affine map an image, plus a smooth displacement field; sampled once, so nothing blurs twice."""
    n, _, height, width = images.shape
    angle = torch.deg2rad(_uniform(n, rotation, images))
    slant = torch.tan(torch.deg2rad(_uniform(n, shear, images)))
    scale_x, scale_y = 1 + _uniform(n, scale, images), 1 + _uniform(n, scale, images)
    cos, sin = torch.cos(angle), torch.sin(angle)
    # The map from output to input: rotate, slant, then scale. grid_sample's unit is half an image, so a pixel is
    # 2 / width.
    theta = torch.stack(
        [
            torch.stack(
                [cos / scale_x, (slant * cos - sin) / scale_x, _uniform(n, 2 * translation / width, images)],
                1,
            ),
            torch.stack(
                [sin / scale_y, (slant * sin + cos) / scale_y, _uniform(n, 2 * translation / height, images)],
                1,
            ),
        ],
        dim=1,
    )
    grid = functional.affine_grid(theta, [n, 1, height, width], align_corners=False)
    if elastic:
        grid = grid + _displacement(n, height, width, elastic, smoothness, images)
    return functional.grid_sample(images, grid.to(images.dtype), padding_mode="zeros", align_corners=False)


def _displacement(n: int, height: int, width: int, pixels: float, smoothness: float, like: Tensor) -> Tensor:
    """A smooth random field [n, height, width, 2] in grid_sample's units, of standard deviation `pixels`.

    Noise on a coarse lattice, one point every `smoothness` pixels, interpolated bicubically: Simard et al. (2003)
    smooth noise with a Gaussian instead, which costs a convolution of the whole field for the same effect.
    """
    rows, columns = math.ceil(height / smoothness) + 1, math.ceil(width / smoothness) + 1
    coarse = torch.randn(n, 2, rows, columns, device=like.device)
    field = functional.interpolate(coarse, (height, width), mode="bicubic", align_corners=True)
    per_pixel = torch.tensor([2 / width, 2 / height], device=like.device)
    return field.permute(0, 2, 3, 1) * per_pixel * pixels


def _erase(images: Tensor, chance: float) -> Tensor:
    """A rectangle of 2 to 33 % of the area set to 0 in a share `chance` of the images (Zhong et al. 2017)."""
    n, _, height, width = images.shape
    device = images.device
    area = torch.empty(n, device=device).uniform_(0.02, 0.33) * height * width
    aspect = torch.exp(_uniform(n, math.log(3.3), images))
    half_height, half_width = torch.sqrt(area * aspect) / 2, torch.sqrt(area / aspect) / 2
    centre_y, centre_x = torch.rand(n, device=device) * height, torch.rand(n, device=device) * width
    off_y = (torch.arange(height, device=device) - centre_y[:, None]).abs() > half_height[:, None]
    off_x = (torch.arange(width, device=device) - centre_x[:, None]).abs() > half_width[:, None]
    spared = torch.rand(n, device=device) >= chance
    keep = off_y[:, :, None] | off_x[:, None, :] | spared[:, None, None]
    return images * keep[:, None]
