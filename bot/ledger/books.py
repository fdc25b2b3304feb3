"""Double-checked books: reserve, then post or void, each an insert-only row; and the proof.

Called inside the transactions of queue.py, so that a job and its charge can never disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from bot.core.access import GuildId, UserId
from bot.ledger.tables import account, transfer

MONEY = "money"
IMAGE = "image"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Which attempt of which job a movement belongs to, and when it happens (wall ms)."""

    job_id: int
    attempt: int
    at: int


def money_account(conn: Connection, lane_id: int, period: str) -> int:
    """The id of a lane's money account of a month."""
    return _account(conn, MONEY, f"lane:{lane_id}", period)


def image_account(conn: Connection, guild_id: GuildId, user_id: UserId) -> int:
    """The id of a person's image account in a server."""
    return _account(conn, IMAGE, f"{guild_id}:{user_id}", "")


def _account(conn: Connection, kind: str, owner: str, period: str) -> int:
    same = (account.c.kind == kind) & (account.c.owner == owner) & (account.c.period == period)
    found = conn.execute(select(account.c.id).where(same)).scalar_one_or_none()
    if found is not None:
        return found
    make = account.insert().values(kind=kind, owner=owner, period=period).returning(account.c.id)
    return conn.execute(make).scalar_one()


def reserve_allowance(conn: Connection, account_id: int, entry: Entry) -> None:
    """Set one picture aside when a job enters the queue."""
    _insert(conn, account_id, entry, "reserve", 1)


def settle_allowance(conn: Connection, entry: Entry, *, keep: bool) -> None:
    """Post a job's picture when there is one, otherwise give it back."""
    _resolve(conn, entry, IMAGE, 1 if keep else None)


def reserve_money(
    conn: Connection, account_id: int, entry: Entry, amount_nusd: int, limit_nusd: int | None
) -> bool:
    """Set money aside for an attempt; False when the limit leaves no room."""
    room = account.c.id == account_id
    if limit_nusd is not None:
        room &= account.c.pending_nusd + account.c.posted_nusd + amount_nusd <= limit_nusd
    pending = account.c.pending_nusd + amount_nusd
    taken = conn.execute(account.update().where(room).values(pending_nusd=pending))
    if taken.rowcount == 0:
        return False
    _insert(conn, account_id, entry, "reserve", amount_nusd)
    return True


def settle_money(conn: Connection, entry: Entry, amount_nusd: int | None) -> None:
    """Post what an attempt cost, or void its reserve (None)."""
    reserve = _resolve(conn, entry, MONEY, amount_nusd)
    conn.execute(
        account.update()
        .where(account.c.id == reserve.account_id)
        .values(
            pending_nusd=account.c.pending_nusd - reserve.amount,
            posted_nusd=account.c.posted_nusd + (amount_nusd or 0),
        )
    )


def merge_money(conn: Connection, old_lane: int, new_lane: int) -> None:
    """Two lanes turned out to be one: what either has spent counts for the limit of a month."""
    theirs = (account.c.kind == MONEY) & (account.c.owner == f"lane:{old_lane}")
    for row in conn.execute(select(account).where(theirs)).all():
        merged = money_account(conn, new_lane, row.period)
        moved = transfer.update().where(transfer.c.account_id == row.id)
        conn.execute(moved.values(account_id=merged))
        conn.execute(
            account.update()
            .where(account.c.id == merged)
            .values(
                pending_nusd=account.c.pending_nusd + row.pending_nusd,
                posted_nusd=account.c.posted_nusd + row.posted_nusd,
            )
        )
        conn.execute(account.delete().where(account.c.id == row.id))


@dataclass(frozen=True, kw_only=True)
class _Reserve:
    id: int
    account_id: int
    amount: int


def _resolve(conn: Connection, entry: Entry, kind: str, amount: int | None) -> _Reserve:
    query = (
        select(transfer.c.id, transfer.c.account_id, transfer.c.amount)
        .join(account, account.c.id == transfer.c.account_id)
        .where(
            transfer.c.job_id == entry.job_id,
            transfer.c.attempt == entry.attempt,
            transfer.c.kind == "reserve",
            account.c.kind == kind,
        )
    )
    row = conn.execute(query).one()
    reserve = _Reserve(id=row.id, account_id=row.account_id, amount=row.amount)
    resolution = "void" if amount is None else "post"
    _insert(conn, reserve.account_id, entry, resolution, amount or 0, pending_id=reserve.id)
    return reserve


def _insert(
    conn: Connection,
    account_id: int,
    entry: Entry,
    kind: str,
    amount: int,
    *,
    pending_id: int | None = None,
) -> None:
    conn.execute(
        transfer.insert().values(
            account_id=account_id,
            job_id=entry.job_id,
            attempt=entry.attempt,
            kind=kind,
            amount=amount,
            pending_id=pending_id,
            at=entry.at,
        )
    )


def broken_rows(conn: Connection) -> Sequence[str]:
    """One line for each row that breaks an invariant; none when the books balance."""
    return [f"{row.rule}: {row.what}" for row in conn.execute(text(_INVARIANTS))]


_INVARIANTS = """
SELECT 'pending money is not the sum of open reserves' AS rule,
       'account ' || a.id || ' holds ' || a.pending_nusd AS what
  FROM account a
 WHERE a.kind = 'money' AND a.pending_nusd <> COALESCE((
       SELECT SUM(r.amount) FROM transfer r WHERE r.account_id = a.id AND r.kind = 'reserve'
          AND NOT EXISTS (SELECT 1 FROM transfer s WHERE s.pending_id = r.id)), 0)
UNION ALL
SELECT 'posted money is not the sum of posts and corrections',
       'account ' || a.id || ' holds ' || a.posted_nusd
  FROM account a
 WHERE a.kind = 'money' AND a.posted_nusd <> COALESCE((
       SELECT SUM(p.amount) FROM transfer p
        WHERE p.account_id = a.id AND p.kind IN ('post', 'correct')), 0)
UNION ALL
SELECT 'a resolution does not match its reserve', 'transfer ' || s.id
  FROM transfer s JOIN transfer r ON r.id = s.pending_id
 WHERE r.kind <> 'reserve' OR r.account_id <> s.account_id OR r.job_id <> s.job_id
    OR r.attempt <> s.attempt
UNION ALL
SELECT 'money is reserved for an attempt that is not running', 'transfer ' || r.id
  FROM transfer r JOIN account a ON a.id = r.account_id JOIN job j ON j.id = r.job_id
 WHERE a.kind = 'money' AND r.kind = 'reserve'
   AND NOT EXISTS (SELECT 1 FROM transfer s WHERE s.pending_id = r.id)
   AND NOT (j.state IN ('leased', 'sent') AND j.attempt = r.attempt)
UNION ALL
SELECT 'a running attempt has no money reserved', 'job ' || j.key
  FROM job j
 WHERE j.state IN ('leased', 'sent') AND NOT EXISTS (
       SELECT 1 FROM transfer r JOIN account a ON a.id = r.account_id
        WHERE a.kind = 'money' AND r.kind = 'reserve' AND r.job_id = j.id AND r.attempt = j.attempt
          AND NOT EXISTS (SELECT 1 FROM transfer s WHERE s.pending_id = r.id))
UNION ALL
SELECT 'a job has not exactly one picture reserved', 'job ' || j.key
  FROM job j
 WHERE 1 <> (SELECT COUNT(*) FROM transfer r JOIN account a ON a.id = r.account_id
              WHERE a.kind = 'image' AND r.kind = 'reserve' AND r.job_id = j.id)
UNION ALL
SELECT 'an open job and an open picture do not go together', 'job ' || j.key
  FROM job j JOIN transfer r ON r.job_id = j.id JOIN account a ON a.id = r.account_id
 WHERE a.kind = 'image' AND r.kind = 'reserve'
   AND (j.state IN ('queued', 'leased', 'sent'))
       <> (NOT EXISTS (SELECT 1 FROM transfer s WHERE s.pending_id = r.id))
UNION ALL
SELECT 'a finished job and a charged picture do not go together', 'job ' || j.key
  FROM job j
 WHERE (j.state = 'done') <> (1 = (
       SELECT COUNT(*) FROM transfer p JOIN account a ON a.id = p.account_id
        WHERE a.kind = 'image' AND p.kind = 'post' AND p.job_id = j.id))
UNION ALL
SELECT 'a finished job has not exactly one successful use', 'job ' || j.key
  FROM job j
 WHERE (CASE j.state WHEN 'done' THEN 1 ELSE 0 END)
       <> (SELECT COUNT(*) FROM usage u WHERE u.job_id = j.id AND u.cause IS NULL)
UNION ALL
SELECT 'a slot is held by an attempt that is not running', 'permit ' || p.id
  FROM permit p JOIN job j ON j.id = p.job_id
 WHERE (p.state = 'held') <> (j.state IN ('leased', 'sent') AND j.attempt = p.attempt)
UNION ALL
SELECT 'a running attempt holds no slot', 'job ' || j.key
  FROM job j
 WHERE j.state IN ('leased', 'sent') AND NOT EXISTS (
       SELECT 1 FROM permit p WHERE p.job_id = j.id AND p.attempt = j.attempt AND p.state = 'held')
UNION ALL
SELECT 'the cost of a use is not what the books posted', 'usage ' || u.id
  FROM usage u
 WHERE COALESCE(u.cost_nusd, 0) <> COALESCE((
       SELECT SUM(p.amount) FROM transfer p JOIN account a ON a.id = p.account_id
        WHERE a.kind = 'money' AND p.kind = 'post' AND p.job_id = u.job_id
          AND p.attempt = u.attempt), 0)
UNION ALL
SELECT 'money was posted for an attempt without a use', 'transfer ' || p.id
  FROM transfer p JOIN account a ON a.id = p.account_id
 WHERE a.kind = 'money' AND p.kind = 'post' AND NOT EXISTS (
       SELECT 1 FROM usage u WHERE u.job_id = p.job_id AND u.attempt = p.attempt)
UNION ALL
SELECT 'a job that is over and its result to tell do not go together', 'job ' || j.key
  FROM job j
 WHERE (j.state IN ('done', 'failed', 'cancelled'))
       <> EXISTS (SELECT 1 FROM outbox o WHERE o.job_id = j.id)
"""
