"""What keys and passwords look like: one row for each kind, by the formats that providers publish."""

import re
from dataclasses import dataclass
from typing import Final

from foureyes.kit.severity import Severity


@dataclass(frozen=True, slots=True)
class SecretPattern:
    """One kind of secret. One of `words` must be in the text before the pattern is tried, which keeps scans fast.

    Group 1 is the secret itself. Every repetition is bounded or over one class, so that matching stays linear.
    `apart` tells that the words stand beside the secret; elsewhere they are part of one run of `LONG_RUN` characters.
    """

    kind: str
    title: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    severity: Severity = Severity.CRITICAL
    apart: bool = False


def _row(
    kind: str, title: str, words: str, pattern: str, severity: Severity = Severity.CRITICAL, *, apart: bool = False
) -> SecretPattern:
    return SecretPattern(kind, title, tuple(words.split()), re.compile(pattern, re.ASCII), severity, apart)


LONG_RUN: Final = 20
RUN_CHARACTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.:-"
"""No key is shorter, and keys hold only these: text without such a run needs no closer look."""

PATTERNS: Final = (
    _row("aws-access-key", "AWS access key id", "AKIA ASIA ABIA ACCA", r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b"),
    _row(
        "aws-secret-key",
        "AWS secret access key",
        "aws_secret AWS_SECRET awsSecret secretAccessKey SecretAccessKey",
        r"(?i:aws_?secret|secret_?access_?key)\w{0,20}+[\"']?\s{0,3}[:=]{1,2}\s{0,3}[\"']?([A-Za-z0-9/+]{40})(?![\w/+=])",
        apart=True,
    ),
    _row("github-token", "GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"\b(gh[pousr]_[A-Za-z0-9]{36,251})(?!\w)"),
    _row(
        "github-token",
        "GitHub fine-grained token",
        "github_pat_",
        r"\b(github_pat_[A-Za-z0-9]{20,24}_[A-Za-z0-9]{50,60})",
    ),
    _row(
        "gitlab-token",
        "GitLab token",
        "glpat- gldt- glrt- glptt- glcbt- glsoat-",
        r"\b(gl(?:pat|dt|rt|ptt|cbt|soat)-[\w-]{20,64})",
    ),
    _row(
        "slack-token",
        "Slack token",
        "xoxb- xoxp- xoxa- xoxe xoxr- xoxs- xapp-",
        r"\b((?:xox[abeoprs][.-]|xapp-)[A-Za-z0-9.-]{20,250})",
    ),
    _row(
        "slack-webhook",
        "Slack webhook address",
        "hooks.slack.com",
        r"(hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]{8,14}/[A-Z0-9]{8,24}/[A-Za-z0-9]{16,44})",
        Severity.HIGH,
    ),
    _row("stripe-key", "Stripe live key", "sk_live_ rk_live_", r"\b([sr]k_live_[A-Za-z0-9]{16,250})"),
    _row(
        "stripe-test-key",
        "Stripe test key",
        "sk_test_ rk_test_",
        r"\b([sr]k_test_[A-Za-z0-9]{16,250})",
        Severity.MEDIUM,
    ),
    _row(
        "stripe-webhook-secret",
        "Stripe webhook secret",
        "whsec_",
        r"\b(whsec_[A-Za-z0-9+/]{24,100}={0,2})",
        Severity.HIGH,
    ),
    _row("anthropic-key", "Anthropic API key", "sk-ant-", r"\b(sk-ant-[a-z]{2,8}\d\d-[\w-]{20,200})"),
    _row(
        "openai-key", "OpenAI API key", "sk-proj- sk-svcacct- sk-admin-", r"\b(sk-(?:proj|svcacct|admin)-[\w-]{20,250})"
    ),
    _row("openai-key", "OpenAI API key", "sk-", r"(?<![\w-])(sk-(?=[A-Za-z]{0,47}[0-9])[A-Za-z0-9]{32,64})(?![\w-])"),
    _row("google-api-key", "Google API key", "AIza", r"\b(AIza[\w-]{35})(?![\w-])", Severity.HIGH),
    _row(
        "google-oauth-secret", "Google OAuth secret", "GOCSPX- ya29.", r"\b((?:GOCSPX-[\w-]{28}|ya29\.[\w-]{40,400}))"
    ),
    _row("azure-storage-key", "Azure storage key", "AccountKey=", r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    _row("npm-token", "npm token", "npm_", r"\b(npm_[A-Za-z0-9]{36})(?!\w)"),
    _row("pypi-token", "PyPI token", "pypi-AgE", r"\b(pypi-AgE[\w-]{50,400})"),
    _row("huggingface-token", "Hugging Face token", "hf_", r"\b(hf_[A-Za-z]{34})(?!\w)"),
    _row("groq-key", "Groq API key", "gsk_", r"\b(gsk_[A-Za-z0-9]{40,64})(?!\w)"),
    _row("sendgrid-key", "SendGrid API key", "SG.", r"\b(SG\.[\w-]{20,24}\.[\w-]{39,50})"),
    _row("mailgun-key", "Mailgun API key", "key-", r"(?<![\w-])(key-[0-9a-f]{32})(?!\w)", Severity.HIGH),
    _row("twilio-key", "Twilio API key", "SK", r"(?<!\w)(SK[0-9a-f]{32})(?!\w)", Severity.HIGH),
    _row("telegram-token", "Telegram bot token", ":AA", r"(?<![\w/])(\d{8,10}:AA[\w-]{33})(?![\w-])"),
    _row(
        "discord-token",
        "Discord bot token",
        "discord DISCORD Discord",
        r"(?<![\w.-])([MNO][A-Za-z0-9]{23,25}\.[\w-]{6}\.[\w-]{27,38})(?![\w.-])",
        apart=True,
    ),
    _row("digitalocean-token", "DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"\b(do[opr]_v1_[a-f0-9]{64})"),
    _row("databricks-token", "Databricks token", "dapi", r"(?<!\w)(dapi[a-f0-9]{32})(?!\w)"),
    _row("vault-token", "Vault token", "hvs. hvb.", r"(?<!\w)(hv[sb]\.[\w-]{24,300})"),
    _row(
        "shopify-token", "Shopify token", "shpat_ shpca_ shppa_ shpss_", r"\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})(?!\w)"
    ),
    _row("docker-token", "Docker Hub token", "dckr_pat_", r"\b(dckr_pat_[\w-]{27,40})"),
    _row("grafana-token", "Grafana service token", "glsa_", r"\b(glsa_[A-Za-z0-9]{32}_[0-9a-f]{8})"),
    _row("linear-key", "Linear API key", "lin_api_", r"\b(lin_api_[A-Za-z0-9]{40})"),
    _row("atlassian-token", "Atlassian API token", "ATATT3", r"\b(ATATT3[\w=-]{80,300})"),
    _row("age-key", "age secret key", "AGE-SECRET-KEY-1", r"(AGE-SECRET-KEY-1[0-9A-Z]{58})"),
    _row(
        "json-web-token",
        "JSON web token",
        "eyJ",
        r"(?<![\w.-])(eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000})",
        Severity.MEDIUM,
    ),
)

PRIVATE_KEY_BEGIN: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
PRIVATE_KEY_END: Final = re.compile(r"-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")

URL_PASSWORD: Final = re.compile(
    r"://[^\s:@/\"'`<>\\]{0,64}+:(?P<secret>[^\s@/\"'`<>\\]{3,200}+)@(?P<host>[\w.-]{1,253}+)"
)

NAME_STEMS: Final = ("passw", "passphrase", "pwd", "secret", "token", "credential", "key")
"""Lower-case pieces of names that hold secrets; an assignment is looked for behind each."""

KEY_OWNERS: Final = ("api", "access", "auth", "private", "secret", "encryption", "signing", "master", "account")
"""What stands before `key` in such names, with or without a separator: most other keys are no secret."""

# Tried right behind a stem. What follows the sign is either a quoted string or, in files of settings, a bare word.
QUOTED_VALUE: Final = re.compile(
    r"[\w-]{0,40}+[\"'\]]{0,2}\s{0,8}(?::\s?=?|=>?|,)\s{0,8}[bru]?(?P<quote>[\"'`])(?P<secret>[^\"'`\s\\]{4,200}+)(?P=quote)"
)
BARE_VALUE: Final = re.compile(
    r"[\w-]{0,40}+\s?[:=]\s?(?P<secret>[A-Za-z0-9+/_!@#%^&*.~-]{8,200}+)[ \t]*\r?$", re.MULTILINE
)
"""A value without quotes that fills the rest of its line: `.env`, YAML, properties."""
