"""What numbers of a name look like: from and to."""

from __future__ import annotations

Range = tuple[int, int]


def _by_name(*table: tuple[int, int, str]) -> dict[str, Range]:
    return {name: (low, high) for low, high, names in table for name in names.split()}


WHOLE: dict[str, Range] = _by_name(
    # amounts and measures
    (1, 12, "quantity qty pieces items units guests persons people participants seats adults portions servings copies party_size"),
    (0, 250, "stock inventory in_stock stock_level available quantity_available on_hand"),
    (5, 50, "min_stock reorder_level minimum_stock threshold"),
    (1, 500, "amount cost price fee"),
    (5, 1000, "total subtotal balance"),
    (499, 24999, "cents price_cents amount_cents total_cents price_in_cents minor_units"),
    (0, 50, "discount discount_percent discount_percentage"),
    (0, 100, "percent percentage progress score completion humidity battery opacity"),
    (1, 100, "rank size"),
    (1, 5, "rating stars grade priority severity importance"),
    (1, 10, "level difficulty tier"),
    (1, 300, "height length weight width diameter"),
    (1, 100, "depth"),
    (150, 200, "height_cm body_height"),
    (50, 110, "weight_kg body_weight"),
    (200, 2000, "calories kcal"),
    (640, 3840, "width_px pixel_width image_width"),
    (480, 2160, "height_px pixel_height image_height"),
    (10_000, 5_000_000, "file_size filesize bytes size_bytes content_length"),
    (-10, 35, "temperature temp"),
    (1, 1000, "distance mileage_km"),
    (5_000, 180_000, "mileage odometer"),
    (20, 240, "area floor_area living_area square_meters sqm"),
    (500, 900_000, "population inhabitants"),
    (0, 2500, "elevation altitude"),
    (1, 6, "rooms bedrooms bathrooms floors storey"),
    (10, 400, "capacity max_participants max_attendees"),
    (30, 200, "horsepower hp power"),
    (2, 12, "players"),
    (1, 40, "table_number"),
    (101, 499, "room_number"),
    (60, 180, "bpm"),
    (0, 40, "wins losses draws goals"),
    (10, 500, "max_uses usage_limit"),
    # people
    (18, 80, "age"),
    (1, 30, "years_of_experience experience years"),
    (1, 250, "employees headcount employee_count staff_count team_size"),
    # what others counted
    (0, 500, "count comments comment_count reply_count replies votes upvotes downvotes shares share_count members member_count"),
    (0, 5000, "views view_count hits hit_count downloads download_count likes like_count followers follower_count clicks "
              "impressions visits plays pageviews"),
    (0, 1000, "points karma xp credits loyalty_points reputation"),
    (0, 5, "attempts retries retry_count failures failed_attempts error_count login_attempts"),
    (24, 640, "pages page_count number_of_pages num_pages"),
    (120, 2400, "word_count words"),
    (1, 40, "chapter episode issue volume lesson track track_number"),
    (1, 12, "season"),
    # places in an order
    (0, 100, "order sort position index sort_order ordering display_order sequence menu_order list_order"),
    (1, 9999, "number no reference_number"),
    (1, 20, "version revision"),
    (1, 60, "page line row column"),
    # time
    (1990, 2026, "year"),
    (1950, 2020, "founded founded_in established year_founded year_built built construction_year"),
    (1960, 2008, "birth_year year_of_birth"),
    (2027, 2031, "expiry_year exp_year"),
    (1, 12, "month exp_month expiry_month months term_months"),
    (1, 28, "day day_of_month"),
    (1, 7, "weekday day_of_week"),
    (1, 52, "week week_number"),
    (0, 23, "hour"),
    (1, 40, "hours working_hours hours_worked"),
    (0, 59, "minute second"),
    (5, 180, "minutes duration_minutes duration prep_time cook_time runtime reading_time"),
    (0, 3600, "seconds duration_seconds ttl timeout"),
    (1, 5000, "milliseconds response_time latency elapsed_ms duration_ms"),
    (1, 30, "days lead_time duration_days delivery_days payment_terms due_days trial_days nights"),
    # machines
    (1024, 65535, "port"),
    (1000, 99999, "user_id object_id external_id remote_id"),
)  # fmt: skip

FRACTIONS: dict[str, Range] = _by_name(
    (0, 1, "probability ratio confidence similarity weighting"),
    (0, 25, "rate tax_rate vat_rate tax_percent vat_percent interest interest_rate margin"),
    (0, 50, "discount_percent discount_percentage discount_rate"),
    (1, 2, "exchange_rate"),
    (0, 100, "percent percentage progress score humidity"),
    (1, 5, "rating average_rating stars grade"),
    (1, 4, "gpa"),
    (1, 12, "quantity qty"),
    (1, 40, "hours hours_worked"),
    (-10, 35, "temperature temp"),
    (150, 200, "height_cm"),
    (1, 50, "weight gross_weight net_weight"),
    (1, 300, "height length width diameter depth"),
    (1, 500, "distance"),
    (20, 240, "area floor_area living_area"),
    (0, 2500, "elevation altitude"),
    (-90, 90, "lat latitude"),
    (-180, 180, "lng lon long longitude"),
    # amounts of money that are no prices: any cents
    (1, 99, "tax vat tax_amount vat_amount total_tax"),
    (5, 999, "amount gross net subtotal total grand_total line_total paid total_price amount_paid total_amount net_amount "
             "gross_amount sum turnover_per_order order_total amount_due"),
    (10, 9999, "balance debit credit opening_balance closing_balance account_balance"),
    (1000, 99999, "revenue turnover sales profit"),
)  # fmt: skip
PLACES_ON_EARTH = {"lat", "latitude", "lng", "lon", "long", "longitude"}

# Prices: the whole part, and before a price ends in .99 or .50.
MONEY: dict[str, Range] = _by_name(
    (1, 249, "price cost value unit_price list_price retail_price sale_price net_price gross_price price_per_unit rrp msrp "
             "original_price old_price regular_price special_price discount_price discounted_price final_price"),
    (1, 99, "fee deposit tip fare toll entry_fee"),
    (2, 15, "shipping shipping_cost shipping_price shipping_fee delivery_fee delivery_cost postage freight handling_fee"),
    (1, 30, "discount discount_amount rebate savings"),
    (8, 150, "hourly_rate price_per_hour rate_per_hour price_per_person"),
    (45, 320, "price_per_night nightly_rate daily_rate day_rate"),
    (5, 99, "monthly_fee monthly_price subscription_price price_monthly"),
    (450, 2400, "rent monthly_rent"),
    (20, 250, "credit_used gift_amount donation"),
)  # fmt: skip

# Round sums: the whole part, and the distance between two.
ROUND: dict[str, tuple[int, int, int]] = {
    **dict.fromkeys(("salary", "annual_salary", "yearly_salary", "income", "gross_salary"), (28_000, 98_000, 500)),
    **dict.fromkeys(("monthly_salary", "wage", "net_salary"), (1_900, 7_200, 50)),
    **dict.fromkeys(("budget", "goal", "target", "funding", "loan", "credit_limit"), (1_000, 80_000, 500)),
    **dict.fromkeys(("purchase_price", "property_price", "asking_price"), (95_000, 890_000, 1_000)),
    **dict.fromkeys(("max_price", "min_price", "price_from", "price_to"), (10, 400, 10)),
}
