"""Terraform: what opens a door to everyone, keeps data unencrypted, or writes a password down (A4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import is_text
from foureyes.analyzers.hcl import Attribute, Block, blocks
from foureyes.analyzers.port import AnalyzedFile, Diagnostic
from foureyes.analyzers.textual import TextAnalyzer
from foureyes.kit.severity import Category, Severity

_LARGEST: Final = 512 << 10
_EVERYONE: Final = re.compile(r"\"(?:0\.0\.0\.0/0|::/0|\*|Internet|0\.0\.0\.0)\"")
# Web servers are open to everyone on purpose; nobody has to log in to a machine from everywhere.
_ADMIN_PORTS: Final = {22: "SSH", 3389: "remote desktop"}
_PUBLIC_ACLS: Final = frozenset({"public-read", "public-read-write", "website", "authenticated-read"})
_SECRET_NAME: Final = re.compile(r"(?:^|_)(?:password|passwd|secret|secret_key|access_key|api_key|token|private_key)$")
# For each kind of resource the attribute that encrypts it; each was read in its provider's own documentation.
_STORES: Final = {
    "aws_db_instance": "storage_encrypted",
    "aws_rds_cluster": "storage_encrypted",
    "aws_ebs_volume": "encrypted",
    "aws_efs_file_system": "encrypted",
    "aws_redshift_cluster": "encrypted",
    "aws_docdb_cluster": "storage_encrypted",
    "aws_neptune_cluster": "storage_encrypted",
    "aws_elasticache_replication_group": "at_rest_encryption_enabled",
}
# For these two nothing said means nothing encrypted; elsewhere the account's own default may switch it on.
_OFF_BY_DEFAULT: Final = frozenset({"aws_db_instance", "aws_rds_cluster"})


def _security(severity: Severity, why: str, confidence: float = 1.0) -> Grade:
    return Grade(severity, Category.SECURITY, why, confidence)


_OPEN_PORT: Final = _security(Severity.HIGH, "The whole internet may try to log in; allow the networks you work from.")
_OPEN_WIDE: Final = _security(Severity.HIGH, "The whole internet reaches every port of these machines.")
_PUBLIC_BUCKET: Final = _security(Severity.HIGH, "Everyone on the internet can read (or write) what is stored there.")
_BLOCK_OFF: Final = _security(Severity.MEDIUM, "The safety net that keeps buckets from becoming public is cut.", 0.9)
_PUBLIC_DATABASE: Final = _security(Severity.HIGH, "The database gets an address that the whole internet can reach.")
_UNENCRYPTED: Final = _security(Severity.MEDIUM, "Whoever gets at a disk or a snapshot reads the data.")
_UNSTATED: Final = _security(Severity.LOW, "Unless it is switched on, whoever gets at a snapshot reads the data.", 0.8)
_WRITTEN_DOWN: Final = _security(
    Severity.HIGH, "Everyone who can read the code has it, and it stays in the history and in the state file.", 0.9
)
_ALL_RIGHTS: Final = _security(Severity.MEDIUM, "Whoever holds this can do anything to everything in the account.")
_OLD_METADATA: Final = _security(
    Severity.LOW, "A request that an application is tricked into can read the machine's credentials."
)


@dataclass(frozen=True, slots=True)
class _Remark:
    rule: str
    line: int
    message: str
    grade: Grade


def _look(file: AnalyzedFile, text: str) -> Iterator[Diagnostic]:
    for block in blocks(text):
        for remark in _remarks(block):
            place = Place(file.path, remark.line, remark.line)
            yield diagnosis(place, tool="terraform", rule=remark.rule, message=remark.message, grade=remark.grade)


def _remarks(block: Block) -> Iterator[_Remark]:
    kind = block.words[0] if block.words else ""
    if kind == "resource":
        yield from _network(block)
        yield from _storage(block)
        yield from _database(block)
        yield from _instance(block)
    if kind in ("resource", "data"):
        yield from _rights(block)
    if kind in ("resource", "provider", "module", "variable", "locals"):
        yield from _passwords(block)


def _type(block: Block) -> str:
    return block.words[1] if len(block.words) > 1 else ""


def _network(resource: Block) -> Iterator[_Remark]:
    kind = _type(resource)
    if kind in ("aws_security_group", "aws_default_security_group"):
        for rule in resource.blocks:
            if rule.words == ("ingress",):
                yield from _ingress(rule)
    elif kind == "aws_vpc_security_group_ingress_rule" or resource.literal("type") == "ingress":
        yield from _ingress(resource)
    elif kind == "google_compute_firewall" and resource.literal("direction") != "EGRESS":
        yield from _google_firewall(resource)
    elif kind == "azurerm_network_security_rule" and resource.literal("direction") == "Inbound":
        yield from _azure_rule(resource)


def _ingress(rule: Block) -> Iterator[_Remark]:
    for name in ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"):
        source = rule.attributes.get(name)
        if source and _EVERYONE.search(source.value):
            protocol = rule.value("protocol") or rule.value("ip_protocol")
            if protocol.strip('"') in ("-1", "all"):
                yield _Remark("open-to-all", source.line, "Every port is open to the whole internet", _OPEN_WIDE)
                return
            yield from _open_ports(source, rule.value("from_port"), rule.value("to_port"))
            return


def _open_ports(source: Attribute, first: str, last: str) -> Iterator[_Remark]:
    if not (first.isdigit() and last.isdigit()):
        return
    for port, service in _ADMIN_PORTS.items():
        if int(first) <= port <= int(last):
            said = f"Port {port} ({service}) is open to the whole internet"
            yield _Remark("open-admin-port", source.line, said, _OPEN_PORT)


def _google_firewall(resource: Block) -> Iterator[_Remark]:
    source = resource.attributes.get("source_ranges")
    if source is None or not _EVERYONE.search(source.value):
        return
    for allow in resource.blocks:
        ports = [part for text in re.findall(r'"([\d-]+)"', allow.value("ports")) for part in [text.split("-")]]
        if allow.words == ("allow",) and ports:
            for part in ports:
                yield from _open_ports(source, part[0], part[-1])
        elif allow.words == ("allow",) and allow.literal("protocol") in ("all", "tcp"):
            yield _Remark("open-to-all", source.line, "Every port is open to the whole internet", _OPEN_WIDE)


def _azure_rule(resource: Block) -> Iterator[_Remark]:
    source = resource.attributes.get("source_address_prefix")
    if source and _EVERYONE.search(source.value) and resource.literal("access") == "Allow":
        ports = resource.literal("destination_port_range") or ""
        first, _, last = ("0-65535" if ports == "*" else ports).partition("-")
        yield from _open_ports(source, first, last or first)


def _storage(resource: Block) -> Iterator[_Remark]:
    acl = resource.attributes.get("acl")
    if acl and acl.literal in _PUBLIC_ACLS and "bucket" in _type(resource):
        yield _Remark("public-bucket", acl.line, f"The bucket is public: acl {acl.literal}", _PUBLIC_BUCKET)
    member = resource.attributes.get("member") or resource.attributes.get("members")
    if member and "allUsers" in member.value and "bucket" in _type(resource):
        yield _Remark("public-bucket", member.line, "The bucket is public: allUsers", _PUBLIC_BUCKET)
    if _type(resource) == "aws_s3_bucket_public_access_block":
        for name, attribute in resource.attributes.items():
            if attribute.value == "false":
                yield _Remark("public-access-allowed", attribute.line, f"`{name}` is switched off", _BLOCK_OFF)
    public = resource.attributes.get("allow_nested_items_to_be_public")
    if public and public.value == "true":
        yield _Remark("public-access-allowed", public.line, "Containers may be made public", _BLOCK_OFF)


def _database(resource: Block) -> Iterator[_Remark]:
    kind = _type(resource)
    public = resource.attributes.get("publicly_accessible")
    if public and public.value == "true":
        yield _Remark("public-database", public.line, "The database is reachable from the internet", _PUBLIC_DATABASE)
    switch = _STORES.get(kind)
    encrypted = resource.attributes.get(switch) if switch else None
    if encrypted and encrypted.value == "false":
        yield _Remark("unencrypted-storage", encrypted.line, "The data is stored unencrypted", _UNENCRYPTED)
    elif switch and encrypted is None and kind in _OFF_BY_DEFAULT and not _is_copy(resource):
        yield _Remark("unencrypted-storage", resource.line, f"`{switch}` is not set, and off by default", _UNSTATED)


def _is_copy(resource: Block) -> bool:
    """Copies and replicas are encrypted as what they come from."""
    return not {"replicate_source_db", "snapshot_identifier", "kms_key_id", "global_cluster_identifier"}.isdisjoint(
        resource.attributes
    )


def _instance(resource: Block) -> Iterator[_Remark]:
    for block in resource.blocks:
        tokens = block.attributes.get("http_tokens")
        if block.words == ("metadata_options",) and tokens and tokens.literal == "optional":
            said = "The metadata service answers without a token"
            yield _Remark("metadata-without-token", tokens.line, said, _OLD_METADATA)


_ALL_ON_ALL: Final = tuple(re.compile(rf"\b\"?{word}\"?\s*[=:]\s*\[?\s*\"\*\"") for word in ("Action", "Resource"))


def _rights(block: Block) -> Iterator[_Remark]:
    said = "The policy allows every action on every resource"
    policy = block.attributes.get("policy")
    if policy and all(one.search(policy.value) for one in _ALL_ON_ALL) and '"Deny"' not in policy.value:
        yield _Remark("all-rights", policy.line, said, _ALL_RIGHTS)
    for statement in block.blocks if _type(block) == "aws_iam_policy_document" else ():
        actions = statement.attributes.get("actions")
        is_all = actions is not None and all('"*"' in text for text in (actions.value, statement.value("resources")))
        if actions and is_all and statement.literal("effect") != "Deny":
            yield _Remark("all-rights", actions.line, said, _ALL_RIGHTS)


def _passwords(block: Block) -> Iterator[_Remark]:
    if block.words[0] == "variable":
        default = block.attributes.get("default")
        if default and default.literal and _SECRET_NAME.search(_type(block)):
            said = f"The default of `{_type(block)}` is a password in the code"
            yield _Remark("written-down-secret", default.line, said, _WRITTEN_DOWN)
        return
    for inner in block.everywhere():
        for name, attribute in inner.attributes.items():
            if attribute.literal and _SECRET_NAME.search(name) and not attribute.literal.startswith(("arn:", "/")):
                said = f"`{name}` is written down in the code"
                yield _Remark("written-down-secret", attribute.line, said, _WRITTEN_DOWN)


def _wants(file: AnalyzedFile) -> bool:
    return file.path.endswith((".tf", ".tofu")) and len(file.content) <= _LARGEST and is_text(file)


ANALYZER: Final = TextAnalyzer(name="terraform", wants=_wants, look=_look)
