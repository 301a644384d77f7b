/** Room `schema`: the tables and functions of a catalog, as versioned steps. */

import type { QuotedSchema } from './schema-name.ts'

/** What both functions that make commits are given first. */
export const CALL_PARAMETERS =
  'expected uuid, expected_format integer, by_writer uuid, this_call bigint, lock_ms integer'

/**
 * A backend keeps the plans of its first calls, when the tables may have been empty: `enable_seqscan = off` has it use the
 * indexes from the beginning. With `jit` the expensive estimate of such a plan would have it compiled, which takes longer than the
 * call. Without `force_generic_plan` the planner would compare plans for the values of each call, and all calls are alike.
 */
export const CALL_OPTIONS =
  'SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan'

/**
 * How a function that makes commits begins: one call, one transaction. It takes the row lock of `head` first, so that positions
 * are given in the order in which commits become visible, and two calls cannot deadlock. Only then does it look,
 * so that under READ COMMITTED it sees what is there now; under a stricter level PostgreSQL makes the caller
 * repeat it.
 *
 * A call that was answered before is answered the same way, from `writers`: the caller may send it again if the
 * connection was lost. What arrives after a later call of its writer is refused.
 *
 * The functions run with the rights of the owner of the schema: a writer needs no right to change a table, and cannot change the
 * history.
 *
 * @param looked what `seen` has besides
 * @param joined where that is from
 */
export function beginCall(s: QuotedSchema, looked = '', joined = ''): string {
  return `
  result := set_config('lock_timeout', lock_ms::text, true);
  -- The caller is told of what is durable, whatever the default of the role or the database is.
  IF current_setting('synchronous_commit') = 'off' THEN
    result := set_config('synchronous_commit', 'on', true);
  END IF;
  SELECT * INTO top FROM ${s}.head FOR UPDATE;
  -- Not in the same statement: that would look before it waits for the lock.
  SELECT EXISTS (SELECT FROM ${s}.catalog WHERE id = expected AND format = expected_format) AS is_same, w.call, w.answer${looked}
    INTO seen FROM (VALUES (1)) AS one LEFT JOIN ${s}.writers AS w ON w.writer = by_writer${joined};
  IF NOT seen.is_same THEN
    RAISE EXCEPTION 'another catalog' USING ERRCODE = 'MC001';
  END IF;
  IF seen.call = this_call THEN RETURN seen.answer; END IF;
  IF seen.call > this_call THEN
    RAISE EXCEPTION 'call % came after call %', this_call, seen.call USING ERRCODE = 'MC002';
  END IF;`
}

/** Counts an operation in `top`. Their names are bounded, as a store takes any. */
export function countOperation(name: string, count: string): string {
  return `counted := ${name};
      IF NOT top.operations ? counted THEN
        IF (SELECT count(*) FROM jsonb_object_keys(top.operations)) >= 100 THEN
          counted := 'other';
        END IF;
      END IF;
      top.operations := jsonb_set(
        top.operations, ARRAY[counted], to_jsonb(coalesce((top.operations ->> counted)::bigint, 0) + ${count})
      );`
}

/** How a function ends that has written, and has answered a writer that was there before. */
export function endCall(s: QuotedSchema): string {
  return `
  IF seen.call IS NULL THEN
    -- No call is sent again after a day.
    DELETE FROM ${s}.writers WHERE seen_at < clock_timestamp() - interval '1 day';
    INSERT INTO ${s}.writers VALUES (by_writer, this_call, result, clock_timestamp());
  END IF;
  notified := pg_notify('catalog_' || expected, top.position::text);
  RETURN result;`
}
