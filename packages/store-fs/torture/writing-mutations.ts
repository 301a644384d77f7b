import { both, LOSSES, type Mutation, mutate, NOBODY, SCHEDULES, tests } from './mutation.ts'

export const WRITING: readonly Mutation[] = [
  mutate(
    'nobody compares how many bytes were written',
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
    ['this.#failure = error\n', '\n'],
    tests('failing-writes'),
  ),
  mutate(
    'a writer calls synced what he has only read',
    'segment-writer',
    ['synced: this.#synced,', 'synced: this.#tail.replay.head,'],
    SCHEDULES,
  ),
  both(
    'a writer does not catch up before he writes',
    mutate(
      'in his turn',
      'journal',
      ['await this.catchUp()\n    while (this.#present', 'while (this.#present'],
      NOBODY,
    ),
    mutate(
      'in the segment',
      'segment-writer',
      ['await this.#tail.catchUp()\n    if (this.#tail.replay.isSealed) return undefined\n', '\n'],
      tests('races'),
    ),
  ),
  mutate(
    'no line feed stands in front of a record',
    'record',
    ['Buffer.from(`\\n${', 'Buffer.from(` ${'],
    tests('failing-writes'),
  ),
]
