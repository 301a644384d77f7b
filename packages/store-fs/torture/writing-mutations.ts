import { LOSSES, type Mutation, mutate, SCHEDULES, tests } from './mutation.ts'

export const WRITING: readonly Mutation[] = [
  mutate(
    'the number of written bytes is not checked',
    'segment-writer',
    ['if (record.written === bytes.length) return undefined', 'return undefined'],
    tests('failing-writes'),
  ),
  mutate(
    'a piece of a record is not made void',
    'segment-writer',
    ["Buffer.from('!\\n')", "Buffer.from('')"],
    tests('failing-writes'),
  ),
  mutate(
    'a commit is acknowledged without a sync',
    'segment-writer',
    ['await this.sync()\n    await this.#readBackAll()', 'await this.#readBackAll()'],
    LOSSES,
  ),
  mutate(
    'a record is not read back before it is acknowledged',
    'segment-writer',
    ['await this.sync()\n    await this.#readBackAll()', 'await this.sync()'],
    tests('failing-writes'),
  ),
  mutate(
    'a record behind a seal is taken for lost',
    'segment-writer',
    ['if (this.#tail.replay.isSealed) return undefined\n    const details', 'const details'],
    tests('races'),
  ),
  mutate(
    'a failed sync is not final',
    'segment-writer',
    ['this.#identity.failure = error\n', '\n'],
    tests('failing-writes'),
  ),
  mutate(
    'a writer calls synced what it has only read',
    'segment-writer',
    ['synced: this.#synced,', 'synced: this.#tail.replay.head,'],
    SCHEDULES,
  ),
  mutate(
    'a writer does not catch up before it writes',
    'segment-writer',
    ['await this.#tail.catchUp()\n    const { isSealed, cut }', 'const { isSealed, cut }'],
    tests('races'),
  ),
  mutate(
    'a writer writes behind what builds on nothing',
    'segment-writer',
    ['if (cut !== undefined) throw createCut', 'if (false) throw createCut'],
    tests('damage'),
  ),
  mutate(
    'what others have left unsynced is not written again',
    'segment-writer',
    ['if (unsure.length > 0) await this.#file.rewrite(unsure, start)', ''],
    tests('simulation/unsynced-records.property'),
  ),
  mutate(
    'a segment is ended without writing again what others have left unsynced',
    'segment-writer',
    ['await this.#renew()\n    try', 'try'],
    tests('simulation/unsynced-records.property'),
  ),
  mutate(
    'a first commit takes one more descriptor',
    'segment-writer',
    ['await this.#renew()\n    const bytes', 'const bytes'],
    tests('hard-limits'),
  ),
  mutate(
    'what makes a piece of a record void is not synced',
    'segment-writer',
    ['if (isOpen && end.written > 0) await this.sync()', ''],
    tests('simulation/unsynced-records.property'),
  ),
  mutate(
    'a writer does not look whether others find its journal',
    'segment-writer',
    ['await this.#tail.assertNamed()', ''],
    tests('replaced-journal'),
  ),
  mutate(
    'the view shows what is not synced',
    'view-writer',
    ['await source.sync()', ''],
    tests('simulation/unsynced-records.property'),
  ),
  mutate(
    'no line feed stands in front of a record',
    'record',
    ['Buffer.from(`\\n${', 'Buffer.from(` ${'],
    tests('failing-writes'),
  ),
]
