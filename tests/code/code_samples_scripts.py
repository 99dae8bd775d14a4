"""Realistic files of Python, PHP, Ruby, Lua, Elixir and shell, with what is to be found in them."""

from code_sample import Broken, Place, Sample

from foureyes.code.languages import Language

PYTHON = Sample(
    Language.PYTHON,
    '''\
        """Orders and what they cost."""

        from __future__ import annotations

        import json
        import os.path as osp
        from collections.abc import Iterable
        from dataclasses import dataclass, field

        from .money import Money, rounded as to_cents
        from ..taxes import (
            rate_for,  # by country
            EXEMPT,
        )

        CURRENCY = "EUR"


        # What a customer bought.
        @dataclass(frozen=True)
        class Order:
            number: int
            lines: list[Line] = field(default_factory=list)

            @property
            def total(self) -> Money:
                """The sum of the lines."""
                return sum((line.price for line in self.lines), Money(0))

            @classmethod
            def from_json(cls, text: str) -> Order:
                data = json.loads(text)
                if not data or "number" not in data:
                    raise ValueError(text)
                return cls(data["number"])


        async def taxed(orders: Iterable[Order], country: str) -> Money:
            rate = await rate_for(country)

            def of_one(order: Order) -> Money:
                return to_cents(order.total * rate) if country not in EXEMPT else order.total

            result = Money(0)
            for order in orders:
                try:
                    result += of_one(order)
                except ArithmeticError:
                    log_failure(order, osp.basename(country))
            return result
    ''',
    symbols="""\
        constant CURRENCY 16-16: 16
        class Order 19-35: 21
        method Order.total 25-28: 26
        method Order.from_json 30-35: 31
        function taxed 38-50: 38
        function taxed.of_one 41-42: 41
    """,
    places=(
        Place("return sum((line.price", "Order.total", uses="price lines Money", calls="Money"),
        Place("data = json.loads", "Order.from_json", uses="json loads", calls="loads"),
        Place("return to_cents", "taxed.of_one", uses="to_cents total EXEMPT", calls="to_cents"),
        Place("log_failure(", "taxed", uses="log_failure osp basename", calls="log_failure basename"),
    ),
    imports="""\
        5 json
        6 os.path
        7 collections.abc Iterable
        8 dataclasses dataclass field
        10 .money Money rounded
        11 ..taxes rate_for EXEMPT
    """,
    complexity={"Order": 4, "Order.total": 2, "Order.from_json": 3, "taxed": 4, "taxed.of_one": 2},
    broken=(
        Broken("async def taxed(", "async def taxed((", (38, 41)),
        Broken("if not data or", "if not data or or", (33,)),
    ),
)


PHP = Sample(
    Language.PHP,
    """\
        <?php

        namespace App\\Http;

        use App\\Models\\{User, Team as Group};
        use function App\\Support\\slug;
        use Psr\\Log\\LoggerInterface;

        require_once __DIR__ . '/bootstrap.php';

        const VERSION = '2';

        /**
         * Signs users in.
         */
        #[Route('/login')]
        final class LoginController extends Controller
        {
            public const TRIES = 3;

            public function __construct(private LoggerInterface $logger) {}

            // Nobody may guess for ever.
            public function login(Request $request, int $try = 0): ?Response
            {
                if ($try > self::TRIES && !$request->trusted()) {
                    return $this->locked($request);
                } elseif ($try < 0) {
                    throw new InvalidTry($try);
                }
                foreach (User::named(slug($request->name)) as $user) {
                    $this->logger->info('found');
                    return $user?->accept($request) ?? respond(401);
                }
                return null;
            }
        }

        interface Policy
        {
            public function allows(User $user): bool;
        }

        trait Throttles
        {
            protected function throttle(): void
            {
                sleep_for($this->delay);
            }
        }

        enum Level: string
        {
            case Low = 'low';
        }

        function respond(int $code): Response
        {
            return Response::make($code);
        }
    """,
    symbols="""\
        constant VERSION 11-11: 11
        class LoginController 13-37: 17
        constant LoginController::TRIES 19-19: 19
        method LoginController::__construct 21-21: 21
        method LoginController::login 23-36: 24
        interface Policy 39-42: 39
        method Policy::allows 41-41: 41
        trait Throttles 44-50: 44
        method Throttles::throttle 46-49: 46
        enum Level 52-55: 52
        function respond 57-60: 57
    """,
    places=(
        Place("return $this->locked", "LoginController::login", uses="locked", calls="locked"),
        Place("throw new InvalidTry", "LoginController::login", uses="InvalidTry", calls="InvalidTry"),
        Place("foreach (User", "LoginController::login", uses="User named slug name", calls="named slug"),
        Place("return $user?->accept", "LoginController::login", uses="accept respond", calls="accept respond"),
        Place("return Response", "respond", uses="Response make", calls="make"),
    ),
    imports="""\
        5 App\\Models User Team
        6 App\\Support\\slug
        7 Psr\\Log\\LoggerInterface
        9 /bootstrap.php
    """,
    complexity={"LoginController": 6, "LoginController::login": 6},
    broken=(
        Broken("public const TRIES = 3;", "public const TRIES = = 3;", (19,)),
        Broken("return $this->locked($request);", "return $this->locked($request;", (27,)),
    ),
)


RUBY = Sample(
    Language.RUBY,
    """\
        # frozen_string_literal: true

        require "json"
        require_relative "invoice/line"

        module Billing
          RATE = 0.19

          # One bill of a customer.
          class Invoice < Document
            attr_reader :lines

            def initialize(lines, currency: "EUR")
              @lines = lines
              @currency = currency
            end

            # The whole price.
            def total(discount = 0)
              sum = lines.sum { |line| line.price * (1 + RATE) }
              return sum if discount.zero? || lines.empty?

              rounded(sum - discount)
            rescue PriceMissing => error
              report(error)
              0
            end

            def self.parse(text)
              parsed = JSON.parse(text)
              case parsed["kind"]
              when "invoice" then new(build_lines(parsed))
              when "draft" then Draft.new
              end
            end

            class << self
              def cached?(number)
                store.key?(number) unless number.nil?
              end
            end

            private

            def report(error) = Logger.warn(error.message)
          end

          class PriceMissing < StandardError; end
        end
    """,
    symbols="""\
        module Billing 6-49: 6
        constant Billing::RATE 7-7: 7
        class Billing::Invoice 9-46: 10
        method Billing::Invoice::initialize 13-16: 13
        method Billing::Invoice::total 18-27: 19
        method Billing::Invoice::parse 29-35: 29
        method Billing::Invoice::cached? 38-40: 38
        method Billing::Invoice::report 45-45: 45
        class Billing::PriceMissing 48-48: 48
    """,
    places=(
        Place("sum = lines.sum", "Billing::Invoice::total", uses="lines sum price RATE", calls="sum price"),
        Place("rounded(sum", "Billing::Invoice::total", uses="rounded", calls="rounded"),
        Place('when "invoice"', "Billing::Invoice::parse", uses="build_lines", calls="build_lines"),
        Place("store.key?", "Billing::Invoice::cached?", uses="store key?", calls="key?"),
        Place("def report(error)", "Billing::Invoice::report", uses="Logger warn message", calls="warn message"),
    ),
    imports="""\
        3 json
        4 ./invoice/line
    """,
    complexity={
        "Billing": 7,
        "Billing::Invoice": 7,
        "Billing::Invoice::total": 4,
        "Billing::Invoice::parse": 3,
        "Billing::Invoice::cached?": 2,
    },
    broken=(
        Broken("sum = lines.sum {", "sum = = lines.sum {", (20,)),
        Broken("rounded(sum - discount)", "rounded(sum - discount", (23,)),
    ),
)


LUA = Sample(
    Language.LUA,
    """\
        -- A queue of jobs.
        local json = require("cjson")
        local clock = require "lib.clock"

        local Queue = {}
        Queue.__index = Queue

        local LIMIT = 10

        -- Makes an empty one.
        function Queue.new(limit)
          local self = setmetatable({}, Queue)
          self.jobs = {}
          self.limit = limit or LIMIT
          return self
        end

        --- Puts a job at the end.
        function Queue:push(job)
          if #self.jobs >= self.limit and not job.urgent then
            return nil, describe(job)
          elseif job.done then
            return finish(job)
          end
          job.at = clock.now()
          table.insert(self.jobs, job)
        end

        Queue.drain = function(self, run)
          while #self.jobs > 0 do
            local job = table.remove(self.jobs, 1)
            for index = 1, job.tries do
              run(job, index)
            end
          end
        end

        local function encode(job)
          local text = json.encode(job)
          return compressed(text)
        end

        return Queue
    """,
    symbols="""\
        function Queue.new 10-16: 11
        function Queue.push 18-27: 19
        function Queue.drain 29-36: 29
        function encode 38-41: 38
    """,
    places=(
        Place("return nil, describe", "Queue.push", uses="describe", calls="describe"),
        Place("job.at = clock", "Queue.push", uses="at clock now", calls="now"),
        Place("run(job, index)", "Queue.drain", uses="", calls="run"),
        Place("local text = json", "encode", uses="json encode", calls="encode"),
        Place("return compressed", "encode", uses="compressed", calls="compressed"),
    ),
    imports="""\
        2 cjson
        3 lib.clock
    """,
    complexity={"Queue.new": 2, "Queue.push": 4, "Queue.drain": 3},
    broken=(
        Broken("function Queue.new(limit)", "function Queue.new(limit", (11,)),
        Broken("local text = json.encode(job)", "local text = = json.encode(job)", (39,)),
    ),
)


ELIXIR = Sample(
    Language.ELIXIR,
    """\
        defmodule Shop.Cart do
          @moduledoc "What a customer wants."

          use GenServer
          import Ecto.Query
          alias Shop.{Item, Price}
          alias Shop.Stock, as: Inventory

          @limit 50

          # Starts the process of one cart.
          def start_link(opts) do
            GenServer.start_link(__MODULE__, opts)
          end

          @doc "Adds one item."
          def add(cart, %Item{} = item) when is_map(cart) do
            if Inventory.available?(item) and length(cart.items) < @limit do
              {:ok, %{cart | items: [item | cart.items]}}
            else
              {:error, explain(item)}
            end
          end

          def total(cart) do
            case Enum.map(cart.items, &Price.of/1) do
              [] -> Price.zero()
              prices -> sum_up(prices)
            end
          end

          defp sum_up([first | rest]) do
            Enum.reduce(rest, first, fn price, sum -> Price.add(sum, price) end)
          end

          defmacro guarded(expression) do
            quote do: unquote(expression)
          end
        end

        defprotocol Shop.Priced do
          def price(thing)
        end

        defimpl Shop.Priced, for: Shop.Item do
          def price(item), do: fetch_price(item)
        end
    """,
    symbols="""\
        module Shop.Cart 1-39: 1
        function Shop.Cart.start_link 11-14: 12
        function Shop.Cart.add 17-23: 17
        function Shop.Cart.total 25-30: 25
        function Shop.Cart.sum_up 32-34: 32
        function Shop.Cart.guarded 36-38: 36
        interface Shop.Priced 41-43: 41
        method Shop.Priced.price 42-42: 42
        extension Shop.Priced 45-47: 45
        method Shop.Priced.price 46-46: 46
    """,
    places=(
        Place(
            "GenServer.start_link(__MODULE__",
            "Shop.Cart.start_link",
            uses="GenServer start_link __MODULE__ opts",
            calls="start_link",
        ),
        Place(
            "if Inventory",
            "Shop.Cart.add",
            uses="Inventory available? item length cart items limit",
            calls="available? length items",
        ),
        Place("{:error, explain", "Shop.Cart.add", uses="explain item", calls="explain"),
        Place("prices -> sum_up", "Shop.Cart.total", uses="prices sum_up", calls="sum_up"),
        Place("Enum.reduce(rest", "Shop.Cart.sum_up", uses="reduce rest first price sum Price add", calls="reduce add"),
    ),
    imports="""\
        4 GenServer
        5 Ecto.Query
        6 Shop Item Price
        7 Shop.Stock
    """,
    complexity={"Shop.Cart": 6, "Shop.Cart.add": 3, "Shop.Cart.total": 3, "Shop.Cart.sum_up": 2},
    broken=(
        Broken("def total(cart) do", "def total(cart do", (1, 29, 39)),
        Broken("{:error, explain(item)}", "{:error, explain(item}", (21,)),
    ),
)


BASH = Sample(
    Language.BASH,
    """\
        #!/usr/bin/env bash
        # Puts a release on the servers.
        set -euo pipefail

        source ./lib/common.sh
        . "config.sh"

        readonly TARGET=/srv/app

        # Says what went wrong and stops.
        fail() {
          echo "failed: $1" >&2
          exit 1
        }

        function upload {
          local archive=$1
          for host in "${HOSTS[@]}"; do
            if ! reachable "$host" || [[ -z $archive ]]; then
              warn "$host"
              continue
            fi
            rsync -a "$archive" "$host:$TARGET" && restart_service "$host"
          done
        }

        main() {
          case "$1" in
            deploy) upload "$(build_archive)" ;;
            undo) rollback ;;
            *) fail usage ;;
          esac
        }

        main "$@"
    """,
    symbols="""\
        function fail 10-14: 11
        function upload 16-25: 16
        function main 27-33: 27
    """,
    places=(
        Place('warn "$host"', "upload", uses="warn", calls="warn"),
        Place("rsync -a", "upload", uses="rsync restart_service", calls="rsync restart_service"),
        Place("deploy) upload", "main", uses="upload build_archive", calls="upload build_archive"),
        Place("*) fail", "main", uses="fail", calls="fail"),
    ),
    imports="""\
        5 ./lib/common.sh
        6 config.sh
    """,
    complexity={"upload": 5, "main": 4},
    broken=(
        Broken("function upload {", "function upload {{", (36,)),
        Broken("  esac", "", (27, 33)),
    ),
)


SCRIPT_SAMPLES = (
    PYTHON,
    PHP,
    RUBY,
    LUA,
    ELIXIR,
    BASH,
)
