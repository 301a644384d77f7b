import { both, KILLS, type Mutation, mutate, NOBODY, SCHEDULES, tests } from './mutation.ts'

export const SEGMENTS: readonly Mutation[] = [
  mutate(
    'a new journal is not synced',
    'create-segment',
    ['await journal.sync()', ''],
    tests('system-calls'),
  ),
  mutate(
    'the name of a new journal is not synced before its snapshot is there',
    'create-segment',
    ['await disk.syncDirectory(names.directory)\n  const pieces', 'const pieces'],
    KILLS,
  ),
  both(
    'neither who makes a segment nor who opens it syncs its name',
    mutate(
      'makes',
      'create-segment',
      ['pieces)\n  await disk.syncDirectory(names.directory)', 'pieces)'],
      NOBODY,
    ),
    mutate(
      'opens',
      'open-segment',
      [
        'await disk.syncDirectory(names.directory)\n  await disk.syncDirectory(names.root)',
        'await disk.syncDirectory(names.root)',
      ],
      KILLS,
    ),
  ),
  mutate(
    'the second writer of a snapshot fails',
    'create-segment',
    ["if (errnoOf(error) !== 'EEXIST') throw error", 'throw error'],
    SCHEDULES,
  ),
  mutate('a whole new file is not synced', 'new-file', ['await file.sync()', ''], KILLS),
  mutate(
    'a short write ends a whole new file',
    'new-file',
    ['while (written < bytes.length) {', 'if (written < bytes.length) {'],
    tests('simulation/every-call-fails.deep'),
  ),
  mutate(
    'a search for the next segment shares a look that began before it',
    'fresh-look',
    [
      'this.#queued ??= this.#running',
      'if (this.#running) return this.#running\n    this.#queued ??= this.#running',
    ],
    tests('races'),
  ),
  mutate(
    'a sealed segment is not synced before the next one starts from it',
    'segment-chain',
    ['await writer.sync()', ''],
    KILLS,
  ),
  mutate(
    'a segment that was pruned meanwhile counts as damage',
    'open-segment',
    ['if (findLatestSegment(await listOwnFiles(disk, names)) === number) throw error', 'throw error'],
    tests('races'),
  ),
  both(
    'no store looks again for a later segment after opening one',
    mutate(
      'when all went well',
      'open-segment',
      ['!== segment) return false', '=== 0) return false'],
      NOBODY,
    ),
    mutate(
      'when it did not',
      'open-segment',
      ['=== number) throw error', '!== 0) throw error'],
      tests('races'),
    ),
  ),
  mutate(
    'who opens a segment does not sync its name',
    'open-segment',
    [
      'await disk.syncDirectory(names.directory)\n  await disk.syncDirectory(names.root)',
      'await disk.syncDirectory(names.root)',
    ],
    KILLS,
  ),
  both(
    'neither who makes a catalog nor who opens it syncs the names on the way to the root',
    mutate('makes', 'create-catalog', ['await syncIfAllowed(disk, dirname(path))', ''], NOBODY),
    mutate('opens', 'open-segment', ['await disk.syncDirectory(names.root)', ''], KILLS),
  ),
  mutate(
    'a writer that goes on to a segment does not sync its name',
    'open-segment',
    ['if (writer !== undefined) await disk.syncDirectory(names.directory)', ''],
    KILLS,
  ),
  mutate(
    'the start of the next segment is not compared with the end of the last',
    'open-segment',
    ['  assertGoesOn(names.snapshot(number)', '  if (number === 0) assertGoesOn(names.snapshot(number)'],
    tests('repair'),
  ),
  mutate(
    'a lost journal is made anew',
    'open-segment',
    ["return writer === undefined ? 'read' : 'append'", "return writer === undefined ? 'read' : 'create'"],
    tests('damage'),
  ),
  mutate(
    'the names on the way to the root are not synced',
    'create-catalog',
    ['await syncIfAllowed(disk, dirname(path))', ''],
    KILLS,
  ),
  mutate(
    'a journal without a snapshot is begun anew',
    'create-catalog',
    ['await assertNoOrphanedJournal(disk, names)\n  await createSegment', 'await createSegment'],
    tests('damage'),
  ),
  mutate(
    'a format of the future is read',
    'format-version',
    ['if (found === undefined || READABLE.includes(found)) return', 'return'],
    tests('damage'),
  ),
]
