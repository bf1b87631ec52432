"""When things of a name happen, and how long they take."""

from __future__ import annotations

Range = tuple[int, int]

MINUTE, HOUR, DAY = 60, 3600, 86400


def _by_name(*table: tuple[int, int, str]) -> dict[str, Range]:
    return {name: (low, high) for low, high, names in table for name in names.split()}


# How many days before the clock, at least and at most; below zero: after it. What is changed lies behind what was made.
BACK: dict[str, Range] = _by_name(
    (30, 730, "created created_at created_on creation creation_date date_created added date_added inserted joined date_joined "
              "registered registered_at signup signup_date member_since opened submitted requested first_seen hired hire_date "
              "founded enrolled"),
    (10, 365, "ordered ordered_at order_date placed placed_at invoice_date issued issued_at issue_date booked booked_at "
              "published published_at publication_date pub_date publish_date release_date released released_at posted "
              "posted_at sent sent_at received received_at date timestamp logged occurred happened visited visited_at"),
    (60, 365, "start starts started start_date started_at begin begins began valid_from available_from effective_from "
              "effective_date check_in"),
    (0, 29, "updated updated_at updated_on changed modified modified_at edited last last_modified last_login last_seen "
            "last_activity login seen accessed refreshed synced synced_at checked viewed read read_at closed completed "
            "finished resolved approved confirmed paid paid_at shipped shipped_at delivered delivered_at cancelled canceled "
            "archived deleted processed answered done done_at ended"),
    (-60, 60, "end ends end_date due check_out finish"),
    (-45, -3, "due_date due_at due_on deadline delivery_date expected_delivery estimated_delivery appointment scheduled "
              "scheduled_at scheduled_for event_date next next_run next_run_at reminder remind_at follow_up starts_on "
              "departure departure_date arrival arrival_date embargo"),
    (-730, -30, "expires expires_at expires_on expiry expiry_date expiration expiration_date expiration_time valid_until "
                "valid_to valid_till best_before renewal renewal_date renews_at available_until effective_to trial_end "
                "warranty_until trial_ends_at"),
    (6940, 25_500, "birth birthday birthdate birth_date date_of_birth dob born"),
    (3650, 18_250, "date_of_death died death"),
)  # fmt: skip
USUAL: Range = (0, 365)
# Such things take place around the clock's day, as these fields of theirs say.
AROUND: dict[str, Range] = _by_name(
    (
        -45,
        30,
        "appointment booking reservation meeting session lesson trip stay visit rental match game concert webinar",
    ),
)
_TAKES_PLACE = (
    "date day start starts start_date start_time starts_at starts_on start_at begin begins begin_date begins_at begin_at "
    "date_from from_date arrival departure check_in checkin booked_for held_on held_at takes_place"
)
TAKES_PLACE = frozenset(_TAKES_PLACE.split())


# Seconds, of which whole minutes are drawn, or single seconds where it takes less than an hour at most.
LASTS: dict[str, Range] = _by_name(
    (5 * MINUTE, 90 * MINUTE, "prep_time cook_time preparation_time cooking_time travel_time commute lesson_length"),
    (80 * MINUTE, 180 * MINUTE, "running_time movie_length film_length"),
    (150, 330, "track_length song_length"),
    (2 * MINUTE, 15 * MINUTE, "reading_time read_time waiting_time"),
    (5, 2 * MINUTE, "timeout delay latency response_time retry_delay cooldown"),
    (HOUR, 12 * HOUR, "working_time hours_worked shift"),
    (DAY, 30 * DAY, "lead_time delivery_time trial_period notice_period grace_period retention validity lifetime ttl max_age"),
)  # fmt: skip
USUALLY_LASTS: Range = (5 * MINUTE, 8 * HOUR)

# Seconds of the day.
CLOCK: dict[str, Range] = _by_name(
    (6 * HOUR, 10 * HOUR, "open opens opening opening_time opens_at open_time opens_from shift_start check_out"),
    (16 * HOUR, 22 * HOUR, "close closes closing closing_time closes_at close_time shift_end"),
    (8 * HOUR, 15 * HOUR, "start starts start_time starts_at begin begins from_time departure departure_time pickup check_in"),
    (16 * HOUR, 21 * HOUR, "end ends end_time ends_at to_time arrival arrival_time finish"),
)  # fmt: skip
ANY_TIME: Range = (7 * HOUR, 20 * HOUR)
