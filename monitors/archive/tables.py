"""The statements that make the first tables. Released, so never edited: a later step of `migrations` changes them.

Times are ISO 8601 text in UTC. Comments inside the statements stay in the file, where any SQLite viewer shows them.
"""

from __future__ import annotations

VERSION = 3
"""Number of the latest migration; the archive carries it as `user_version`."""

MONITORS = """
create table monitors ( -- a watched topic; its definition is the monitor file
  id text primary key,
  offline_since text -- when a pass found most hosts out of reach, which people were told; null: online
)
"""
FEEDS = """
create table feeds ( -- a URL that is polled, and what must be remembered of it between polls
  id integer primary key,
  monitor text not null references monitors (id),
  url text not null,
  etag text, -- validator of the last good answer
  last_modified text, -- validator of the last good answer
  body_hash text,
  last_polled text,
  last_good text, -- last poll that read as a feed
  next_poll text, -- not before this time
  failure_score real not null default 0,
  baseline_done integer not null default 0, -- 1 once a poll was stored; entries before that alert nobody
  moved_to text, -- the address it is read at, once permanent redirects were believed
  guids_distrusted text not null default '', -- why its guids are no keys; empty: they behave
  unique (monitor, url)
)
"""
POLLS = """
create table polls ( -- one attempt at one feed
  id integer primary key,
  feed_id integer not null references feeds (id),
  started text not null,
  outcome text not null, -- ok, unchanged, or what went wrong
  http_status integer,
  bytes integer not null, -- decoded
  seconds real not null,
  entries_seen integer not null,
  entries_new integer not null,
  entries_revised integer not null,
  entries_known integer not null,
  possible_gap integer not null default 0, -- 1: shares no entry with the poll before it
  detail text not null
)
"""
FEED_HEALTH = """
create table feed_health ( -- what the polls of a feed say of it, and whether people know
  feed_id integer primary key references feeds (id) on delete cascade,
  verdict text not null, -- healthy, failing, ended, not-a-feed, challenge, empty, undated, silent
  since text, -- when that began
  detail text not null, -- why, for a reader
  told integer not null, -- 1: people were told that it is ill, and not yet that it recovered
  good integer not null, -- good polls, counted up to those that a verdict needs
  failed integer not null, -- failed polls in a row, up to now
  failed_since text,
  content text not null, -- what is wrong with the document: empty, undated, or nothing
  content_polls integer not null, -- good polls in a row that found that
  content_since text,
  had_entries integer not null, -- 1: it was read with entries in it
  active text not null -- JSON list: minutes since 1970 at which it brought something, the latest of each hour
)
"""
UNREAD = """
create table unread ( -- articles that are stored but not yet read for developments; empty between passes
  article_id integer primary key references articles (id),
  baseline integer not null -- 1 when it came with the first poll of its feed: what it says alerts nobody
)
"""
PAGES = """
create table pages ( -- the web page behind an article whose feed gave a summary: whether its text was read, or why not
  article_id integer primary key references articles (id) on delete cascade,
  outcome text not null, -- waiting, read, or why the article keeps its summary
  baseline integer not null, -- 1 when the article came with the first poll of its feed
  summary text not null, -- what the feed gave; offsets of evidence that is not in the page's text refer to it
  http_status integer,
  extractor text, -- name and version of what found the text that the article has; null while that is the summary
  tried text, -- last attempt
  attempts integer not null default 0,
  next_try text, -- not before this time; null: not again
  detail text not null default ''
)
"""
PUBLISHERS = """
create table publishers ( -- who publishes, and the family (owner or agency) that corroboration counts
  id integer primary key,
  name text not null,
  family text not null,
  unique (name, family)
)
"""
ARTICLES = """
create table articles ( -- one text at one canonical URL; ids are in order of arrival
  id integer primary key,
  monitor text not null references monitors (id),
  canonical_url text not null,
  url text not null, -- as the feed gave it
  title text not null,
  title_hash integer, -- of the sorted, normalised words of the title; null when too short to tell anything
  language text not null,
  publisher_id integer not null references publishers (id),
  official integer not null, -- 1 when its word confirms
  published text not null, -- what the source claims
  date_confidence text not null,
  discovered text not null, -- when we first saw it
  feed_url text,
  group_id integer references articles (id), -- copy group: the first article kept of the same text
  relation text, -- to the other articles of its group: original, copy, excerpt, edited
  bridge integer not null default 0, -- 1: made of parts of unrelated texts; joins only what makes up most of it
  unique (monitor, canonical_url)
)
"""
ARTICLE_TEXTS = """
create table article_texts ( -- the text, apart, so that lists need not read it; what the search index is filled from
  article_id integer primary key references articles (id) on delete cascade,
  title text not null, -- the same as in articles: the index's triggers see one row only
  text text not null
)
"""
REVISIONS = """
create table revisions ( -- an earlier title or text that the publisher changed
  id integer primary key,
  article_id integer not null references articles (id) on delete cascade,
  title text not null,
  text text not null,
  replaced text not null -- when we saw the new one
)
"""
SIGNATURES = """
create table signatures ( -- sampled shingles of an article's text, by which copies are recognised
  article_id integer primary key references articles (id) on delete cascade,
  version integer not null, -- of the hash and the sampling
  length integer not null, -- shingles of the text before sampling
  head blob not null, -- big-endian 64-bit hashes, sampled densely from the first words
  body blob not null -- the same, sampled thinly from the whole text
)
"""
FINGERPRINTS = """
create table fingerprints ( -- which articles have a shingle: the hashes of `signatures`, the other way round
  hash integer not null,
  article_id integer not null, -- no foreign key: its index would double the table; goes with the signature
  primary key (hash, article_id)
) without rowid
"""
BOILERPLATE = """
create table boilerplate ( -- shingles that so many different texts have that they tell nothing
  hash integer primary key,
  since text not null
)
"""
COPY_LINKS = """
create table copy_links ( -- two articles whose texts overlap; groups are computed from these
  article_id integer not null references articles (id) on delete cascade,
  other_id integer not null references articles (id) on delete cascade, -- the smaller id of the two
  share real not null, -- how much of the article's text is in the other, 0 to 1
  other_share real not null, -- how much of the other's text is in the article
  by_title integer not null, -- 1: one of them has no text and their headlines are the same
  primary key (article_id, other_id),
  check (other_id < article_id)
) without rowid
"""
ENTRIES = """
create table entries ( -- items of feeds that were seen, so that each is handled once
  monitor text not null references monitors (id),
  feed_url text not null,
  key text not null, -- identity within the feed
  content_hash text not null, -- of what a revision would change
  url text, -- canonical: tells which entry it is when the feed changes its guids
  article_id integer references articles (id) on delete set null, -- null: not on topic
  first_seen text not null,
  last_seen text not null,
  primary key (monitor, feed_url, key)
) without rowid
"""
MENTIONS = """
create table mentions ( -- a sentence that says something of a situation
  id integer primary key,
  article_id integer not null references articles (id) on delete cascade,
  situation text not null,
  status text not null,
  factuality text not null,
  sentence text not null,
  field text not null, -- title or text
  start integer not null, -- offsets in characters
  "end" integer not null,
  event_date text, -- with its granularity: 2018-06-12, 2018-06, 2018, or a range with a slash
  place text,
  attribution text,
  official integer not null,
  cue text not null -- why, for a reader
)
"""
SITUATIONS = """
create table situations ( -- something watched that has a state
  monitor text not null references monitors (id),
  id text not null,
  status text,
  since text, -- publication of the report that brought the status
  next_date text, -- of the event that is expected next
  ledger text not null, -- JSON: what the decider knows
  primary key (monitor, id)
)
"""
DEVELOPMENTS = """
create table developments ( -- a change in a situation that was not known before
  id integer primary key,
  monitor text not null,
  situation text not null,
  status text not null,
  previous_status text,
  article_id integer not null references articles (id), -- the first to report it
  published text not null,
  raised text not null, -- when we found it
  novelty text not null, -- what is new
  reason text not null, -- why it was raised
  event_date text,
  place text,
  tier text not null, -- how well it is supported
  families text not null, -- JSON list
  baseline integer not null, -- 1: found in what a feed already had at its first poll
  foreign key (monitor, situation) references situations (monitor, id)
)
"""
EVIDENCE = """
create table evidence ( -- the sentences that support a development
  id integer primary key,
  development_id integer not null references developments (id) on delete cascade,
  article_id integer not null references articles (id),
  sentence text not null,
  field text not null, -- title or text
  start integer not null, -- offsets in characters
  "end" integer not null,
  unique (development_id, article_id, field, start)
)
"""
ALERTS = """
create table alerts ( -- the decision to tell people, or not to, with its reason
  id integer primary key,
  monitor text not null references monitors (id),
  kind text not null default 'development', -- development, or health of a feed or of the network
  development_id integer unique references developments (id), -- null exactly for health
  subject text not null default '', -- of health: the feed's URL, or network
  decided text not null,
  decision text not null, -- alert or mute
  reason text not null,
  priority text not null,
  check ((kind = 'development') = (development_id is not null))
)
"""
DELIVERIES = """
create table deliveries ( -- one alert on its way through one channel: the outbox
  id integer primary key,
  alert_id integer not null references alerts (id),
  channel text not null,
  key text not null unique, -- the same key is never sent twice
  payload text not null, -- JSON, frozen when the row is made
  state text not null default 'pending', -- pending, sent, dead
  attempts integer not null default 0, -- counted when one begins
  not_before text,
  detail text not null default '',
  lease_owner text, -- the process that is sending it
  lease_until text, -- after this another process may take it
  sent text
)
"""
RUNS = """
create table runs ( -- one pass of a flow
  id integer primary key,
  monitor text not null references monitors (id),
  started text not null,
  finished text,
  outcome text not null,
  counts text not null -- JSON object
)
"""
SETTINGS = """
create table settings ( -- what the program must remember of the archive itself
  name text primary key,
  value text not null
)
"""
SILENCES = """
create table silences ( -- who is not to be told of what, until when; made by a person
  id integer primary key,
  monitor text not null references monitors (id),
  subject text not null, -- a situation, a feed's URL, network, or all
  author text not null, -- who said so
  comment text not null, -- why
  created text not null, -- when it began
  ends text not null, -- it ends by itself then
  ended text -- when somebody ended it before its time; null: nobody did
)
"""
"""Not among `STATEMENTS`: a later migration makes it."""

LEASES = """
create table leases ( -- who is at work on what, so that nobody else is; empty between passes
  name text primary key, -- ingest or schedule, and the monitor's id
  owner text not null, -- machine and process
  taken text not null,
  until text not null, -- others may take it after this time
  detail text not null default '' -- for a reader
)
"""
"""Not among `STATEMENTS`: a later migration makes it."""

TROUBLES = """
create table troubles ( -- what keeps Wirewatch itself from its work, and whether people were told
  monitor text not null references monitors (id),
  subject text not null, -- channel and its id, passes, or disk
  verdict text not null, -- undelivered, passes-failing, passes-stopped or disk-full
  since text not null, -- when it began
  until text, -- when it ended; null: it lasts
  seen text not null, -- when people were last told of it; what failed before is known to them
  primary key (monitor, subject)
)
"""
"""Not among `STATEMENTS`: a later migration makes it."""

MARKS = """
create table marks ( -- what people say of a development: a labelled example; the latest of a development counts
  id integer primary key,
  development_id integer not null references developments (id),
  verdict text not null, -- wrong, merged, or right: an earlier mark taken back
  merged_into integer references developments (id), -- the development it belongs to, when merged
  author text not null, -- who said so
  comment text not null, -- why
  created text not null -- when
)
"""
"""Not among `STATEMENTS`: a later migration makes it."""

INDEXES = (
    "create index polls_by_feed on polls (feed_id, id)",
    "create index articles_by_title on articles (title_hash) where title_hash is not null",
    "create index articles_by_group on articles (group_id)",
    "create index articles_by_published on articles (published)",
    "create index articles_by_publisher on articles (publisher_id)",
    "create index revisions_by_article on revisions (article_id)",
    "create index copy_links_by_other on copy_links (other_id)",
    "create index entries_by_article on entries (article_id)",
    "create index mentions_by_article on mentions (article_id)",
    "create index mentions_by_situation on mentions (situation, article_id)",
    "create index developments_by_situation on developments (monitor, situation, id)",
    "create index developments_by_article on developments (article_id)",
    "create index evidence_by_article on evidence (article_id)",
    "create index pages_due on pages (next_try) where next_try is not null",
    "create index deliveries_by_alert on deliveries (alert_id)",
    "create index deliveries_pending on deliveries (not_before) where state = 'pending'",
    "create index runs_by_monitor on runs (monitor, id)",
)
SEARCH = (
    """
    create virtual table search_index using fts5 (
      title, text, content='', tokenize='unicode61 remove_diacritics 2'
    )
    """,
    """
    create trigger search_index_insert after insert on article_texts begin
      insert into search_index (rowid, title, text) values (new.article_id, seg(new.title), seg(new.text));
    end
    """,
    """
    create trigger search_index_delete after delete on article_texts begin
      insert into search_index (search_index, rowid, title, text)
        values ('delete', old.article_id, seg(old.title), seg(old.text));
    end
    """,
    """
    create trigger search_index_update after update of article_id, title, text on article_texts begin
      insert into search_index (search_index, rowid, title, text)
        values ('delete', old.article_id, seg(old.title), seg(old.text));
      insert into search_index (rowid, title, text) values (new.article_id, seg(new.title), seg(new.text));
    end
    """,
)
TRIGGERS = {statement.split()[2]: statement for statement in SEARCH[1:]}
"""What keeps the search index in step with the texts, by name."""

VIEWS = (
    """
    create view articles_readable as
    select articles.id, discovered, published, publishers.name as publisher, publishers.family, language, title,
           canonical_url, relation, group_id
    from articles join publishers on publishers.id = articles.publisher_id
    """,
    """
    create view copy_groups as
    select group_id as id, min(articles.published) as first_published, count(*) as articles,
           count(distinct publishers.family) as families,
           (select first.title from articles as first where first.id = articles.group_id) as title
    from articles join publishers on publishers.id = articles.publisher_id
    group by group_id
    """,
    """
    create view developments_readable as
    select developments.id, developments.published, situation, status, previous_status, articles.title,
           publishers.name as publisher, articles.canonical_url as url, event_date, place, tier, families, novelty,
           reason, developments.baseline
    from developments
    join articles on articles.id = developments.article_id
    join publishers on publishers.id = articles.publisher_id
    """,
    """
    create view deliveries_readable as
    select deliveries.id, decided, kind, coalesce(situation, subject) as subject, status, decision, channel, state,
           attempts, sent, detail
    from deliveries
    join alerts on alerts.id = deliveries.alert_id
    left join developments on developments.id = alerts.development_id
    """,
)

STATEMENTS = (
    MONITORS,
    FEEDS,
    POLLS,
    FEED_HEALTH,
    UNREAD,
    PUBLISHERS,
    ARTICLES,
    ARTICLE_TEXTS,
    PAGES,
    REVISIONS,
    SIGNATURES,
    FINGERPRINTS,
    BOILERPLATE,
    COPY_LINKS,
    ENTRIES,
    MENTIONS,
    SITUATIONS,
    DEVELOPMENTS,
    EVIDENCE,
    ALERTS,
    DELIVERIES,
    RUNS,
    SETTINGS,
    *INDEXES,
    *SEARCH,
    *VIEWS,
)
"""In the order in which they must run."""
