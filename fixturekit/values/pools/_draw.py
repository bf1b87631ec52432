"""How the pools were made: names drawn once from Faker, words and sentences written by hand.

Run once, with Faker 40.54.0: ``python -m fixturekit.values.pools._draw``. The files are frozen since; running it again
with another Faker gives other files, which would need another engine.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

SEED = 20261120

# Fine as names of people, but not to everybody's taste on a screenshot.
UNWANTED = {"Dick", "Gay", "Cox", "Butts", "Hooker", "Weiner", "Beaver", "Fanny", "Randy", "Isis", "Adolf", "Osama"}
UNWANTED |= {"Jesus", "Jesushaven", "Virginiamouth"}
UNWANTED |= {"Slaughter", "Savage", "Pratt", "Cocks", "Dyke", "Moody", "Hardy", "Loving", "Roach", "Outlaw"}

# Halves of job titles, and one that is not for every catalogue.
UNWANTED_JOBS = {"Best boy", "Copy", "Dealer", "Homeopath", "Land", "Make", "Press sub", "Sub"}

ADJECTIVES = """
amber ample autumn balanced basic bold brave bright brisk calm candid carbon casual central charming classic clean clear
clever coastal compact cool cosy crisp curved daily dapper deep deluxe dual durable early easy elegant endless evening
even fair fine firm flexible floral fluent fresh friendly gentle giant glossy golden graceful grand happy hardy hidden
honest humble ideal indigo inner jolly keen kind large lasting lean light little lively local lofty long lucky lunar
lush magic major mellow merry mighty mild minor misty modern modest morning natural neat nimble noble northern novel
open optimal organic outer paper patient plain polished portable precise prime proper pure quick quiet radiant rapid
ready refined regal remote robust rolling round royal rugged rustic salty secure serene sharp shiny silent silver
simple sleek slender slim smart smooth snug social soft solar solid southern spare special stable steady still sturdy
sunny super superb supple swift tall tidy tiny total tranquil trim true trusty ultra upper urban useful velvet vintage
vital vivid warm western whole wide wild windy winter wise woven young zesty
"""

NOUNS = """
acorn anchor anvil apple arbor arrow aspen atlas badge bakery balcony bamboo barrel basin basket bay beacon bell bench
birch blossom boat bottle boulder bridge brook brush bucket cabin cable camp candle canoe canyon canvas cape cart castle
cedar chapel cherry circle cliff clock cloud clover coast comet compass copper coral corner cottage cove creek crest
crystal current dawn delta desert diamond dock dome dove drift dune eagle echo ember engine estate falcon farm feather
fern ferry field fjord flame flint flower forest forge fountain fox frost gallery garden gate glacier glade grove gulf
hamlet harbor harvest haven hawk hazel heath heron hill hollow horizon house inlet iris island ivory ivy jade jasmine
jetty juniper kettle kite lagoon lake lamp lantern larch lark laurel leaf ledge library lighthouse lily linden lodge
loft lotus lynx magnet mango manor maple marble market marsh meadow meridian mill mirror moon moss mountain museum nest
north oak oasis ocean olive orbit orchard otter owl palace palm parade park pasture path peak pearl pebble pepper
petal pier pine pioneer planet plaza pond poplar port prairie prism quarry quartz quill rain raven reed reef ridge
river robin rocket rose saddle sail salmon sapphire scout shadow shelter shore signal sky slope snow spark sparrow
spring spruce square star station stone storm stream studio summit sun swan temple terrace thicket thunder tide timber
torch tower trail tulip tunnel valley village vineyard violet vista wagon walnut water wave willow window wolf woods
"""

PRODUCTS = """
Apron, Armchair, Backpack, Basket, Bench, Bicycle, Blanket, Blender, Bookcase, Bottle, Bowl, Bracelet, Broom, Bucket,
Cabinet, Calendar, Camera, Candle, Cap, Carafe, Chair, Charger, Clock, Coat, Coaster, Corkscrew, Cup, Curtain, Cushion,
Desk, Dish, Drawer, Drill, Duvet, Earrings, Easel, Envelope, Fan, Flask, Folder, Fork, Frame, Glass, Gloves, Grinder,
Guitar, Hammer, Hammock, Headphones, Heater, Helmet, Hook, Jacket, Jar, Jug, Kettle, Keyboard, Knife, Ladder, Ladle,
Lamp, Lantern, Lens, Loudspeaker, Luggage, Mat, Mattress, Microphone, Mirror, Mixer, Monitor, Mouse, Mug, Necklace,
Notebook, Oven, Paddle, Pan, Pen, Pencil, Pillow, Pitcher, Planner, Plate, Pot, Printer, Projector, Puzzle, Quilt, Racket,
Radio, Raincoat, Razor, Rope, Router, Rucksack, Rug, Ruler, Saddle, Sandals, Saucepan, Saw, Scale, Scarf, Scissors, Screen,
Shelf, Shirt, Shoes, Skates, Skillet, Sled, Slippers, Socks, Sofa, Spatula, Speaker, Spoon, Stapler, Stool, Stove, Suitcase,
Sunglasses, Sweater, Table, Tablet, Teapot, Telescope, Tent, Thermometer, Thermos, Toaster, Toolbox, Torch, Towel, Tray,
Tripod, Trowel, Trunk, Umbrella, Vase, Vest, Violin, Wallet, Wardrobe, Watch, Whisk, Whistle, Wreath, Wrench
"""

CATEGORIES = """
Accessories, Architecture, Art, Audio, Baby, Bakery, Bathroom, Beauty, Bedroom, Beverages, Bicycles, Books, Camping,
Ceramics, Children, Clothing, Coffee, Comics, Cooking, Crafts, Culture, Cycling, Dairy, Decoration, Design, Drinks,
Education, Electronics, Events, Family, Fashion, Film, Finance, Fishing, Fitness, Flowers, Food, Footwear, Fruit,
Furniture, Games, Garden, Gifts, Hardware, Health, Hiking, History, Hobbies, Holidays, Home, Household, Interior,
Jewellery, Kitchen, Language, Leisure, Lighting, Literature, Luggage, Music, Nature, News, Office, Outdoor, Painting,
Paper, Pets, Photography, Plants, Politics, Reading, Recipes, Running, Safety, Sailing, Science, Shoes, Skiing, Snacks,
Software, Sports, Stationery, Storage, Swimming, Tea, Technology, Textiles, Theatre, Tools, Toys, Travel, Vegetables,
Video, Watches, Wellness, Winter, Woodwork, Writing
"""

COLORS = """
amber, aqua, beige, black, blue, bronze, brown, charcoal, coral, cream, crimson, cyan, emerald, gold, gray, green, indigo,
ivory, khaki, lavender, lilac, lime, magenta, maroon, mint, mustard, navy, ochre, olive, orange, peach, pink, plum, purple,
red, rose, ruby, rust, sand, scarlet, silver, slate, tan, teal, turquoise, violet, white, yellow
"""

COUNTRIES = """
Argentina, Australia, Austria, Bangladesh, Belgium, Bolivia, Brazil, Bulgaria, Cambodia, Cameroon, Canada, Chile, China,
Colombia, Costa Rica, Croatia, Cuba, Cyprus, Denmark, Ecuador, Egypt, Estonia, Ethiopia, Fiji, Finland, France, Germany,
Ghana, Greece, Guatemala, Hungary, Iceland, India, Indonesia, Ireland, Italy, Jamaica, Japan, Jordan, Kenya, Latvia,
Lebanon, Lithuania, Luxembourg, Madagascar, Malaysia, Malta, Mexico, Mongolia, Morocco, Namibia, Nepal, Netherlands,
New Zealand, Nigeria, Norway, Oman, Pakistan, Panama, Paraguay, Peru, Philippines, Poland, Portugal, Qatar, Romania,
Rwanda, Samoa, Senegal, Serbia, Singapore, Slovakia, Slovenia, South Africa, South Korea, Spain, Sri Lanka, Sweden,
Switzerland, Tanzania, Thailand, Tunisia, Turkey, Uganda, Ukraine, United Kingdom, United States, Uruguay, Vietnam, Zambia
"""

COUNTRY_CODES = """
AR AU AT BD BE BO BR BG KH CM CA CL CN CO CR HR CU CY DK EC EG EE ET FJ FI FR DE GH GR GT HU IS IN ID IE IT JM JP JO KE LV
LB LT LU MG MY MT MX MN MA NA NP NL NZ NG NO OM PK PA PY PE PH PL PT QA RO RW WS SN RS SG SK SI ZA KR ES LK SE CH TZ TH TN
TR UG UA GB US UY VN ZM
"""

STATES = """
Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, Georgia, Hawaii, Idaho,
Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts, Michigan, Minnesota, Mississippi,
Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New York, North Carolina, North Dakota, Ohio,
Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, Virginia,
Washington, West Virginia, Wisconsin, Wyoming
"""

CURRENCIES = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HUF INR JPY KRW MXN NOK NZD PLN RON SEK SGD THB TRY USD ZAR"
LANGUAGES = "ar bg cs da de el en es et fi fr hi hr hu id it ja ko lt lv nl no pl pt ro sk sl sr sv th tr uk vi zh"

BEGINNINGS = """
The small team
Our new workshop
This season's collection
The morning shift
Every order
A careful reader
The local market
The whole neighbourhood
The first edition
A simple plan
The updated guide
The old library
A friendly neighbour
The next release
The main warehouse
A short walk
The evening class
The long table
Each visitor
The quiet street
"""

ENDINGS = """
arrived a little earlier than expected.
is worth a second look.
keeps things simple and clear.
brings people together on Friday evenings.
will be ready before the end of the month.
was a pleasant surprise for everybody.
needs only a few minutes each day.
comes with a short note of thanks.
makes room for something new.
has found many friends over the years.
starts with a good cup of coffee.
looks best in the light of the afternoon.
holds up well in wind and rain.
gives everyone time to think.
takes the scenic way around the lake.
was made with patience and care.
leaves nothing important to chance.
works just as well in winter.
has a place for every tool.
turns a plain idea into something useful.
"""


def by_words(text: str) -> list[str]:
    """Read a list that is separated by blanks or commas; sorted, without doubles."""
    entries = text.split(",") if "," in text else text.split()
    return sorted({" ".join(entry.split()) for entry in entries})


def sentences() -> list[str]:
    """Put every beginning before every ending."""
    return [" ".join(parts) for parts in product(BEGINNINGS.strip().splitlines(), ENDINGS.strip().splitlines())]


def drawn(draw: Callable[[], str], number: int, longest: int) -> list[str]:
    """Draw so many different plain names of at most ``longest`` characters; sorted."""
    found: dict[str, str] = {}
    for _ in range(200 * number):
        entry = draw()
        plain = entry.isascii() and entry.replace(" ", "").replace(",", "").replace("-", "").isalpha()
        parts = {entry, *entry.replace(",", " ").replace("-", " ").split()}
        if plain and len(entry) <= longest and not UNWANTED & parts:
            found.setdefault(entry.lower(), entry)
        if len(found) == number:
            break
    return sorted(found.values())


def write(folder: Path, name: str, origin: str, entries: list[str]) -> None:
    """Write one pool with a line that says where it comes from."""
    (folder / f"{name}.txt").write_text("\n".join([f"# {origin}", *entries, ""]), encoding="utf-8")


def main(folder: Path) -> None:
    """Write every pool of en_US into a folder."""
    import faker  # needed here alone, never by the package

    source = faker.Faker("en_US", use_weighting=False)
    source.seed_instance(SEED)
    origin = f"drawn from Faker {faker.VERSION}, en_US, seed {SEED}"
    write(folder, "first_names", origin, drawn(source.first_name, 480, 11))
    write(folder, "last_names", origin, [name for name in drawn(source.last_name, 640, 11) if name.isalpha()])
    write(folder, "companies", origin, drawn(source.company, 400, 28))
    write(folder, "cities", origin, drawn(source.city, 400, 18))
    write(folder, "streets", origin, drawn(source.street_name, 400, 20))
    write(
        folder,
        "jobs",
        origin,
        [job for job in drawn(source.job, 320, 28) if "," not in job and job not in UNWANTED_JOBS],
    )
    by_hand = "written by hand"
    write(folder, "adjectives", by_hand, by_words(ADJECTIVES))
    write(folder, "nouns", by_hand, by_words(NOUNS))
    write(folder, "products", by_hand, by_words(PRODUCTS))
    write(folder, "categories", by_hand, by_words(CATEGORIES))
    write(folder, "colors", by_hand, by_words(COLORS))
    write(folder, "countries", by_hand, by_words(COUNTRIES))
    write(folder, "country_codes", by_hand, by_words(COUNTRY_CODES))
    write(folder, "states", by_hand, by_words(STATES))
    write(folder, "currencies", by_hand, by_words(CURRENCIES))
    write(folder, "languages", by_hand, by_words(LANGUAGES))
    write(folder, "sentences", by_hand, sentences())


if __name__ == "__main__":
    main(Path(__file__).parent / "en_US")
