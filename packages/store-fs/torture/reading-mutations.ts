import { type Mutation, mutate, SCHEDULES, tests } from './mutation.ts'

export const READING: readonly Mutation[] = [
  mutate(
    'what a record builds on is not compared',
    'replay',
    [
      'if (this.cut === undefined && this.#holds(record.after)) return true',
      'if (this.cut === undefined) return true',
    ],
    tests('recovery'),
  ),
  mutate(
    'what a record calls synced is not compared',
    'replay',
    ['if (!this.#holds(record.synced)) {', 'if (false) {'],
    tests('damage'),
  ),
  mutate(
    'a bad line is never explained',
    'replay',
    ['this.#unexplained.takeWhile(', 'new FrontQueue<BadLine>().takeWhile('],
    tests('damage'),
  ),
  mutate(
    'what stands behind a seal counts',
    'replay',
    ['if (this.isSealed) return undefined', ''],
    SCHEDULES,
  ),
  mutate(
    'the checksum of a record is not compared',
    'record',
    ["if (line.toString('latin1', 0, CHECKSUM_LENGTH) !== checksumOf(json)) return undefined", ''],
    tests('damage'),
  ),
  mutate(
    'the digest of a snapshot is not compared',
    'snapshot',
    ["return sha256.digest('hex') === header.sha256", 'return true'],
    tests('damage'),
  ),
  mutate(
    'the size of a snapshot is not compared before it is read',
    'snapshot-file',
    ['if (size !== expected) {', 'if (false) {'],
    tests('limits'),
  ),
  mutate('a journal may shrink', 'segment-tail', ['if (size < this.#offset)', 'if (false)'], tests('damage')),
  mutate(
    'a reader does not see that its journal no longer has a name',
    'segment-tail',
    ['if (nlink === 0 && !this.replay.isSealed)', 'if (false)'],
    tests('replaced-journal'),
  ),
  mutate(
    'a reader does not look whether others find its journal',
    'segment-chain',
    ['await this.#present.tail.assertNamedIfDue()', ''],
    tests('replaced-journal'),
  ),
  mutate(
    'a store goes on after it has seen damage',
    'segment-tail',
    ['if (this.#failure !== undefined) throw this.#failure', ''],
    tests('damage'),
  ),
  mutate(
    'a store goes on where its own segment lost its end',
    'segment-chain',
    ['if (this.#present.replay.cut !== undefined) throw createCut', 'if (false) throw createCut'],
    tests('damage'),
  ),
  mutate(
    'the end of the journal is not compared with what the view shows',
    'view-claim',
    ['if (head >= this.revision) return false', 'if (head >= 0) return false'],
    tests('shorter-than-view'),
  ),
  mutate(
    'what was copied while it was written is called damaged',
    'view-claim',
    ['|| inode !== this.#head.inode ||', '||'],
    tests('damage'),
  ),
  mutate(
    'an old segment may end anywhere',
    'history',
    ['if (isFollowed) await assertLeadsOn', 'if (!isFollowed) await assertLeadsOn'],
    tests('damage'),
  ),
  mutate(
    'an edit of the view is overwritten',
    'view-writer',
    ['const present = await this.adoptEdit()', 'const present = undefined'],
    tests('view'),
  ),
  mutate(
    'an edit that is saved while the view is being written is overwritten',
    'view-writer',
    ['if (!this.#isStale) await replaceView', 'await replaceView'],
    tests('view'),
  ),
  mutate(
    'a view that cannot be read is overwritten',
    'view-reader',
    ['if (isBlank(bytes)) return undefined', 'if (bytes.length > 0) return undefined'],
    tests('view'),
  ),
  mutate(
    'a view that knows more than the journal is overwritten',
    'view-writer',
    ['await source.keepNewer(found.revision)', ''],
    tests('restored-backup'),
  ),
  mutate(
    'an edit that was taken already is refused behind later changes',
    'journal-view',
    ['.catch(() => false)) return', '.then(() => false)) return'],
    tests('view'),
  ),
  mutate(
    'an edit that does not fit into a commit is not told',
    'journal-view',
    [
      "if (!isCatalogError(error, 'INVALID_INPUT')) throw error\n    const problem",
      'throw error\n    const problem',
    ],
    tests('view'),
  ),
]

export const DISK: readonly Mutation[] = [
  mutate(
    'links are followed',
    'node-file-system',
    ['FLAGS[mode] | O_NOFOLLOW', 'FLAGS[mode]'],
    tests('own-files'),
  ),
  mutate(
    'a new file is as the umask says',
    'node-file-system',
    ["if (mode === 'create-new') await", "if (mode === 'append') await"],
    tests('shared-root'),
  ),
  mutate(
    'a file that replaces another is as a new one',
    'inherited-access',
    ['if (replaced === undefined || !replaced.isFile()) return', 'return'],
    tests('shared-root'),
  ),
  mutate(
    'opening waits for a pipe',
    'node-file-system',
    ['FLAGS[mode] | O_NOFOLLOW | O_NONBLOCK', 'FLAGS[mode] | O_NOFOLLOW'],
    tests('own-files'),
  ),
  mutate(
    'writers do not append',
    'node-file-system',
    ['append: O_RDWR | O_APPEND', 'append: O_RDWR'],
    tests('rotation'),
  ),
  mutate(
    'a new file may be an old one',
    'node-file-system',
    ['O_APPEND | O_CREAT | O_EXCL', 'O_APPEND | O_CREAT'],
    tests('node-file-system'),
  ),
  mutate(
    'the disk does not sync a file',
    'node-file-system',
    ['sync: () => fdatasync(fd)', 'sync: () => undefined'],
    tests('system-calls'),
  ),
  mutate(
    'the disk does not sync a directory',
    'node-file-system',
    ['  syncDirectory,\n  watch', '  syncDirectory: async () => undefined,\n  watch'],
    tests('system-calls'),
  ),
]

export const REPAIRING: readonly Mutation[] = [
  mutate(
    'the second name of an original is not synced before it is replaced',
    'replace-file',
    ['await this.keep(path)\n    await this.#disk.syncDirectory(directory)', 'await this.keep(path)'],
    tests('repair-power-cuts.property'),
  ),
  mutate(
    'the name of a repaired file is not synced',
    'replace-file',
    ['})\n    await this.#disk.syncDirectory(directory)', '})'],
    tests('repair-power-cuts.property'),
  ),
  mutate(
    'the old view is moved without a sync',
    'replace-file',
    ['await this.#disk.syncDirectory(this.#names.root)', ''],
    tests('repair-power-cuts.property'),
  ),
  mutate(
    'the names of pruned files are not synced one by one',
    'prune-history',
    ['await disk.syncDirectory(names.directory)', ''],
    tests('prune-power-cuts.property'),
  ),
]
