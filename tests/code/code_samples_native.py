"""Realistic files of C, C++ and C#, with what is to be found in them."""

from code_sample import Broken, Place, Sample

from foureyes.code.languages import Language

C = Sample(
    Language.C,
    """\
        #include <stdlib.h>
        #include "buffer.h"
        #include "../common/log.h"

        #define CAPACITY 64
        #define MIN(a, b) ((a) < (b) ? (a) : (b))

        typedef unsigned char byte;

        /* Bytes that grow. */
        struct buffer {
            byte *data;
            size_t used, size;
        };

        typedef struct {
            int code;
        } result;

        enum mode { READ, WRITE };

        static int opened = 0;

        // Makes room for so many more bytes.
        static int grow(struct buffer *b, size_t more)
        {
            size_t size = b->size ? b->size : CAPACITY;
            while (size < b->used + more && size < LIMIT)
                size *= 2;
            byte *data = xrealloc(b->data, size);
            if (!data)
                return log_error("out of memory");
            b->data = data;
            b->size = size;
            return 0;
        }

        result *buffer_append(struct buffer *b, const byte *from, size_t count)
        {
            result *made = new_result();
            switch (grow(b, count)) {
            case 0:
                copy_bytes(b->data + b->used, from, MIN(count, b->size));
                break;
            default:
                made->code = last_error(b);
            }
            return made;
        }

        int (*handler(int kind))(void)
        {
            return handlers[kind];
        }
    """,
    symbols="""\
        macro CAPACITY 5-5: 5
        macro MIN 6-6: 6
        type byte 8-8: 8
        struct buffer 10-14: 11
        type result 16-18: 18
        enum mode 20-20: 20
        constant opened 22-22: 22
        function grow 24-36: 25
        function buffer_append 38-49: 38
        function handler 51-54: 51
    """,
    places=(
        Place("byte *data = xrealloc", "grow", uses="byte xrealloc data", calls="xrealloc"),
        Place("return log_error", "grow", uses="log_error", calls="log_error"),
        Place("copy_bytes(", "buffer_append", uses="copy_bytes data used MIN size", calls="copy_bytes MIN"),
        Place("return handlers", "handler", uses="handlers", calls=""),
    ),
    imports="""\
        1 <stdlib.h>
        2 ./buffer.h
        3 ../common/log.h
    """,
    complexity={"grow": 5, "buffer_append": 3},
    broken=(
        Broken("static int grow(struct", "static int grow((struct", (25,)),
        Broken("size *= 2;", "size *= ;", (29,)),
    ),
)


CPP = Sample(
    Language.CPP,
    """\
        #include <memory>
        #include "shape.hpp"

        #define CHECK(x) verify((x), #x)

        namespace geometry {

        using Points = std::vector<Point>;

        constexpr double kEpsilon = 1e-9;

        /// Anything with an area.
        template <typename T>
        class Polygon final : public Shape {
         public:
          explicit Polygon(Points points) : points_(std::move(points)) {}
          ~Polygon() override = default;

          double area() const override;

          bool operator==(const Polygon& other) const {
            return points_ == other.points_ && near(area(), other.area());
          }

         private:
          Points points_;
        };

        enum class Side { kLeft, kRight };

        struct Hit {
          Side side;
        };

        // The shoelace formula.
        template <typename T>
        double Polygon<T>::area() const {
          double sum = 0;
          for (const auto& edge : edges(points_)) {
            sum += cross(edge.from, edge.to);
          }
          return sum < 0 ? -sum / 2 : sum / 2;
        }

        namespace {
        int depth(const Node* node) {
          if (!node) return 0;
          try {
            return 1 + std::max(depth(node->left), depth(node->right));
          } catch (const Overflow& failure) {
            return report(failure);
          }
        }
        }  // namespace

        }  // namespace geometry
    """,
    symbols="""\
        macro CHECK 4-4: 4
        module geometry 6-56: 6
        type geometry::Points 8-8: 8
        constant geometry::kEpsilon 10-10: 10
        class geometry::Polygon 12-27: 14
        method geometry::Polygon::Polygon 16-16: 16
        method geometry::Polygon::~Polygon 17-17: 17
        method geometry::Polygon::area 19-19: 19
        method geometry::Polygon::operator== 21-23: 21
        enum geometry::Side 29-29: 29
        struct geometry::Hit 31-33: 31
        function geometry::Polygon::area 35-43: 37
        function geometry::depth 46-53: 46
    """,
    places=(
        Place("return points_ == other", "geometry::Polygon::operator==", uses="points_ near area", calls="near area"),
        Place("sum += cross(", "geometry::Polygon::area", uses="cross from to", calls="cross"),
        Place("return 1 + std::max", "geometry::depth", uses="max depth left right", calls="max depth"),
        Place("return report(", "geometry::depth", uses="report", calls="report"),
    ),
    imports="""\
        1 <memory>
        2 ./shape.hpp
    """,
    complexity={
        "geometry": 6,
        "geometry::Polygon": 2,
        "geometry::Polygon::operator==": 2,
        "geometry::Polygon::area": 3,
        "geometry::depth": 3,
    },
    broken=(
        Broken("struct Hit {", "struct Hit {{", (31,)),
        Broken("double sum = 0;", "double sum = = 0;", (38,)),
    ),
)


CSHARP = Sample(
    Language.CSHARP,
    """\
        using System.Collections.Generic;
        using static System.Math;
        using Json = Newtonsoft.Json.Linq;

        namespace Acme.Orders
        {
            /// <summary>Books orders.</summary>
            [ApiController]
            public class OrderController : ControllerBase
            {
                private const int Limit = 50;

                public IClock Clock { get; set; }

                public OrderController(IStore store)
                {
                    Store = store ?? throw new MissingStore(nameof(store));
                }

                // Finds the orders of one customer.
                [HttpGet("{id}")]
                public async Task<IActionResult> Find(int id, [FromQuery] string state)
                {
                    if (id <= 0 || state == null)
                    {
                        return BadRequest(Describe(id));
                    }
                    foreach (var order in await Store.OrdersOf(id))
                    {
                        if (order.State == state) return Ok(order);
                    }
                    return state switch
                    {
                        "open" => NotFound(),
                        _ => Redirect(Fallback.Address),
                    };
                }

                private string Describe(int id) => $"order {Abs(id)}";
            }

            public record Receipt(string Number);

            public interface IStore
            {
                Task<List<Order>> OrdersOf(int id);
            }

            public struct Price { public decimal Value; }

            public enum State { Open, Closed }
        }
    """,
    symbols="""\
        module Acme.Orders 5-52: 5
        class Acme.Orders.OrderController 7-40: 9
        constant Acme.Orders.OrderController.Limit 11-11: 11
        property Acme.Orders.OrderController.Clock 13-13: 13
        method Acme.Orders.OrderController.OrderController 15-18: 15
        method Acme.Orders.OrderController.Find 20-37: 22
        method Acme.Orders.OrderController.Describe 39-39: 39
        class Acme.Orders.Receipt 42-42: 42
        interface Acme.Orders.IStore 44-47: 44
        method Acme.Orders.IStore.OrdersOf 46-46: 46
        struct Acme.Orders.Price 49-49: 49
        enum Acme.Orders.State 51-51: 51
    """,
    places=(
        Place(
            "Store = store ??",
            "Acme.Orders.OrderController.OrderController",
            uses="Store MissingStore",
            calls="MissingStore",
        ),
        Place(
            "return BadRequest(",
            "Acme.Orders.OrderController.Find",
            uses="BadRequest Describe",
            calls="BadRequest Describe",
        ),
        Place('"open" => NotFound', "Acme.Orders.OrderController.Find", uses="NotFound", calls="NotFound"),
        Place("private string Describe", "Acme.Orders.OrderController.Describe", uses="Abs", calls="Abs"),
    ),
    imports="""\
        1 System.Collections.Generic
        2 System.Math *
        3 Newtonsoft.Json.Linq
    """,
    complexity={
        "Acme.Orders": 8,
        "Acme.Orders.OrderController": 8,
        "Acme.Orders.OrderController.OrderController": 2,
        "Acme.Orders.OrderController.Find": 7,
    },
    broken=(
        Broken("public record Receipt(string Number);", "public record Receipt(string Number;", (42,)),
        Broken("if (id <= 0 ||", "if (id <= 0 || ||", (24,)),
    ),
)


NATIVE_SAMPLES = (
    C,
    CPP,
    CSHARP,
)
