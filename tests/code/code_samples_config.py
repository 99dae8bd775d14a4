"""Realistic files of Terraform and Solidity, with what is to be found in them."""

from code_sample import Broken, Place, Sample

from foureyes.code.languages import Language

HCL = Sample(
    Language.HCL,
    """\
        terraform {
          required_version = ">= 1.5"
        }

        # Where the state of the world is kept.
        resource "aws_s3_bucket" "state" {
          bucket = lower("${var.project}-state")

          versioning {
            enabled = var.stage == "production" ? true : false
          }
        }

        variable "project" {
          type    = string
          default = "shop"
        }

        locals {
          names = [for zone in data.aws_zones.all.names : upper(zone)]
        }

        module "network" {
          source = "./modules/network"
          cidr   = cidrsubnet(var.range, 8, 1)
        }

        output "bucket" {
          value = aws_s3_bucket.state.arn
        }
    """,
    symbols="""\
        block terraform 1-3: 1
        block resource aws_s3_bucket state 5-12: 6
        block variable project 14-17: 14
        block locals 19-21: 19
        block module network 23-26: 23
        block output bucket 28-30: 28
    """,
    places=(
        Place("bucket = lower", "resource aws_s3_bucket state", uses="bucket lower var project", calls="lower"),
        Place("enabled = var", "resource aws_s3_bucket state", uses="enabled var stage", calls=""),
        Place("names = [for", "locals", uses="names zone data aws_zones all upper", calls="upper"),
        Place("cidr   = cidrsubnet", "module network", uses="cidr cidrsubnet var range", calls="cidrsubnet"),
        Place("value = aws", "output bucket", uses="value aws_s3_bucket state arn", calls=""),
    ),
    imports="",
    complexity={"resource aws_s3_bucket state": 2, "locals": 2},
    broken=(
        Broken('variable "project" {', 'variable "project" {{', (14,)),
        Broken("cidr   = cidrsubnet(", "cidr   = = cidrsubnet(", (25, 31)),
    ),
)


SOLIDITY = Sample(
    Language.SOLIDITY,
    """\
        // SPDX-License-Identifier: MIT
        pragma solidity ^0.8.20;

        import "./Ownable.sol";
        import {IERC20, SafeMath as Safe} from "@openzeppelin/contracts/IERC20.sol";

        interface IVault {
            function deposit(uint256 amount) external;
        }

        library Fees {
            function feeOf(uint256 amount) internal pure returns (uint256) {
                return amount > 100 ? scaled(amount) : 0;
            }
        }

        /// Keeps tokens for a while.
        contract Vault is Ownable, IVault {
            struct Lock {
                uint256 amount;
                uint256 until;
            }

            enum State { Open, Closed }

            mapping(address => Lock) private locks;
            IERC20 public immutable token;

            event Deposited(address indexed from, uint256 amount);

            constructor(IERC20 token_) {
                token = token_;
            }

            modifier whenOpen() {
                require(isOpen(), "closed");
                _;
            }

            // Takes tokens in.
            function deposit(uint256 amount) external override whenOpen {
                if (amount == 0 || paused) {
                    revert Refused(amount);
                }
                for (uint256 i = 0; i < hooks.length; i++) {
                    hooks[i].before(amount);
                }
                token.transferFrom(msg.sender, address(this), amount - Fees.feeOf(amount));
                emit Deposited(msg.sender, amount);
            }
        }
    """,
    symbols="""\
        interface IVault 7-9: 7
        method IVault.deposit 8-8: 8
        class Fees 11-15: 11
        method Fees.feeOf 12-14: 12
        class Vault 17-51: 18
        struct Vault.Lock 19-22: 19
        enum Vault.State 24-24: 24
        method Vault.constructor 31-33: 31
        method Vault.whenOpen 35-38: 35
        method Vault.deposit 40-50: 41
    """,
    places=(
        Place("return amount > 100", "Fees.feeOf", uses="scaled", calls="scaled"),
        Place("require(isOpen()", "Vault.whenOpen", uses="isOpen", calls="isOpen"),
        Place("revert Refused", "Vault.deposit", uses="Refused", calls=""),
        Place("token.transferFrom", "Vault.deposit", uses="token transferFrom Fees feeOf", calls="transferFrom feeOf"),
        Place("token = token_", "Vault.constructor", uses="token", calls=""),
    ),
    imports="""\
        4 ./Ownable.sol
        5 @openzeppelin/contracts/IERC20.sol IERC20 SafeMath
    """,
    complexity={"Fees": 2, "Fees.feeOf": 2, "Vault": 4, "Vault.deposit": 4},
    broken=(
        Broken("library Fees {", "library {", (11, 15)),
        Broken("hooks[i].before(amount);", "hooks[i].before(amount;", (46,)),
    ),
)


CONFIG_SAMPLES = (
    HCL,
    SOLIDITY,
)
