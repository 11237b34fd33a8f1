"""What looks like a path, an address or a secret is withheld; the words and numbers of a training are not."""

from __future__ import annotations

import pytest

from collectors.judge.withheld import LONGEST, why_withheld

SHOWN = [
    "adamw", "cosine", "bf16-mixed", "cuda:0", "torch.optim.AdamW", "gelu", "val_loss", "resnet50", "swin_tiny_patch4",
    "2e-3", "v1.2.0", "1.2.3", "min", "fd002 real, 14 sensors", "RandomHorizontalFlipTransform", "channels_last", "",
    "patchtst_ssl_real_2024_01_05", "x" * LONGEST, "EfficientNetV2",
    "abcdefghijklmnopqrstuvwxyzabcd1", 3, 0.5, True, None, "Ω ± 3",
]  # fmt: skip
WITHHELD = {
    "path": ["/data/fd002", "data/fd002", "C:\\data", "~", "~/x", "..", "train.csv", "model.safetensors", "a b/c"],
    "address": ["https://h/x", "s3://bucket", "me@example.org", "10.0.0.7", "localhost", "db:5432", "fe80::1",
                "mlflow.example.com"],
    "secret": ["sk-abc123", "hf_abcdef", "ghp_0a", "AKIAIOSFODNN7EXAMPLE", "-----BEGIN RSA", "Bearer abc",
               "password: x", "abcdefghijklmnopqrstuvwxyzabcde1",
               "eyJhbGciOi", "0123456789abcdef0123456789abcdef01234567", "aB3xY9kLm2Qw8Zt5",
               "123e4567-e89b-12d3-a456-426614174000"],
    "long": ["x" * (LONGEST + 1)],
}  # fmt: skip


@pytest.mark.parametrize("value", SHOWN)
def test_a_word_or_a_number_of_a_training_is_shown(value: object) -> None:
    assert why_withheld(value, ("model", "kind")) is None


@pytest.mark.parametrize(("reason", "value"), [(r, v) for r, values in WITHHELD.items() for v in values])
def test_what_looks_like_more_is_withheld(reason: str, value: str) -> None:
    assert why_withheld(value) == reason


@pytest.mark.parametrize(
    ("key", "reason"),
    [("password", "secret"), ("api_key", "secret"), ("apiKey", "secret"), ("wandb_api_key", "secret"),
     ("HF_TOKEN", "secret"), ("user", "secret"), ("data_dir", "path"), ("checkpointPath", "path"), ("host", "address"),
     ("tracking_uri", "address")],
)  # fmt: skip
def test_the_key_tells_what_an_innocent_text_is(key: str, reason: str) -> None:
    assert why_withheld("sesame", ("logging", key)) == reason
    assert why_withheld("sesame", (key, "inner")) == reason


@pytest.mark.parametrize("key", ["max_tokens", "tokenizer", "num_keypoints", "hidden", "authority", "filenames_per_x"])
def test_a_key_that_only_resembles_one_of_those_hides_nothing(key: str) -> None:
    assert why_withheld("sesame", (key,)) is None


def test_the_number_of_a_password_is_withheld_and_that_of_anything_else_is_not() -> None:
    assert why_withheld(1234, ("db", "password")) == "secret"
    assert why_withheld(1234, ("key",)) is None
