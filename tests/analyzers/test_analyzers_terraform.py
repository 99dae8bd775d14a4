"""Terraform: open doors, unencrypted data, passwords in the code."""

import re
from pathlib import Path

import pytest
from analyzers_house import marked, places, said_by

from foureyes.analyzers.hcl import blocks
from foureyes.analyzers.terraform import ANALYZER

BAD = re.findall(
    r"^--- (\S+)\n(.*?)(?=^--- |\Z)",
    Path(__file__).parents[1].joinpath("data/analyzers/terraform.txt").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)

GOOD = """\
resource "aws_security_group" "web" {
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [var.office]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group_rule" "out" {
  type        = "egress"
  from_port   = 22
  to_port     = 22
  cidr_blocks = ["0.0.0.0/0"]
}
resource "aws_s3_bucket" "logs" {
  acl = "private"
}
resource "aws_db_instance" "main" {
  password            = var.password
  storage_encrypted   = true
  publicly_accessible = false
  description         = <<-EOT
    acl = "public-read" }
  EOT
}
resource "aws_db_instance" "replica" {
  replicate_source_db = aws_db_instance.main.arn
}
resource "aws_secretsmanager_secret" "s" {
  name = "app/token"
}
variable "region" {
  default = "eu-central-1"
}
variable "api_token" {
  type      = string
  sensitive = true
}
data "aws_iam_policy_document" "deny" {
  statement {
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }
}
"""


@pytest.mark.parametrize(("rule", "text"), BAD)
async def test_what_is_dangerous_is_found_on_its_line(rule: str, text: str) -> None:
    assert places(await said_by(ANALYZER, {"main.tf": text})) == [(marked(text)[0], rule)]


async def test_sound_files_are_left_alone() -> None:
    assert await said_by(ANALYZER, {"main.tf": GOOD}) == []


async def test_a_password_is_not_repeated() -> None:
    (found,) = await said_by(ANALYZER, {"main.tf": 'provider "aws" {\n  secret_key = "abcdefgh"\n}\n'})
    assert "abcdefgh" not in found.message + found.explanation


def test_blocks_know_their_words_values_and_lines() -> None:
    (block,) = blocks('resource "a" "b" {\n  x = 1\n  y = "z"\n  inner {\n    w = "${x}"\n  }\n}\n')
    assert (block.words, block.line, block.value("x"), block.literal("y")) == (("resource", "a", "b"), 1, "1", "z")
    assert (block.blocks[0].words, block.blocks[0].line, block.blocks[0].literal("w")) == (("inner",), 4, None)


@pytest.mark.parametrize("text", ["resource {", "}" * 1000, "a {" * 2000, 'resource "x', "\udcff {}", ""])
def test_broken_text_is_no_crash(text: str) -> None:
    assert isinstance(blocks(text), list)
