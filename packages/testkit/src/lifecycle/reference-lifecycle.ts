import type { CatalogErrorCode, LifecycleState } from '@catalog/types'

/** What was found when the file was last read: which bytes, and which file they were in. */
interface ReferenceEvidence {
  readonly bytes: number
  readonly file: number
}

interface ReferenceEntry {
  readonly state: LifecycleState
  readonly digest: number | null
  readonly isDeclared: boolean
  readonly tags: readonly string[]
  readonly evidence: ReferenceEvidence | undefined
  /** Until when each of its leases counts. */
  readonly leases: ReadonlyMap<string, number>
}

/** A file, which is another one each time that it is put. */
interface ReferenceFile {
  readonly bytes: number
  readonly file: number
}

/** What an action comes to: an error's code, or nothing. */
export type ReferenceOutcome = CatalogErrorCode | 'done'

/** What may be set, written out once more: `e` with evidence only. */
const ALLOWED: Readonly<Record<string, 'yes' | 'e'>> = {
  'Pending Active': 'e',
  'Pending Retired': 'yes',
  'Active Retired': 'yes',
  'Active Failed': 'yes',
  'Retired Active': 'e',
  'Failed Pending': 'yes',
  'Failed Retired': 'yes',
}

/** The rules of the catalog on one machine, as plain as they can be said: no store, no races, no disk. */
export class ReferenceLifecycle {
  readonly #entries: Map<string, ReferenceEntry> = new Map()
  readonly #revisions: Map<string, number> = new Map()
  readonly #files: Map<string, ReferenceFile> = new Map()
  #filesPut = 0
  nowMs = 0

  /** What a catalog must show of its models. */
  shown(): readonly object[] {
    return [...this.#entries]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { state, digest, tags, evidence }]) => ({
        id,
        revision: this.#revisions.get(id),
        state,
        digest,
        tags,
        outcome: evidence === undefined ? undefined : evidence.bytes === digest ? 'match' : 'mismatch',
      }))
  }

  put(id: string, bytes: number): void {
    this.#filesPut += 1
    this.#files.set(id, { bytes, file: this.#filesPut })
  }

  deleteFile(id: string): void {
    this.#files.delete(id)
  }

  register(id: string, digest: number | null): ReferenceOutcome {
    if (this.#entries.has(id)) return 'ALREADY_EXISTS'
    this.#set(id, {
      ...{ state: 'Pending', digest, isDeclared: digest !== null, tags: [] },
      ...{ evidence: undefined, leases: new Map() },
    })
    return 'done'
  }

  verify(id: string): ReferenceOutcome {
    const [entry, file] = [this.#entries.get(id), this.#files.get(id)]
    if (entry === undefined) return 'NOT_FOUND'
    if (file === undefined) return 'FILE_MISSING'
    const isRight = entry.digest === null || entry.digest === file.bytes
    const state = isRight ? (entry.state === 'Retired' ? 'Retired' : 'Active') : 'Failed'
    this.#set(id, { ...entry, digest: entry.digest ?? file.bytes, state, evidence: file })
    return isRight ? 'done' : 'DIGEST_MISMATCH'
  }

  setState(id: string, to: LifecycleState, ifRevision?: number): ReferenceOutcome {
    const entry = this.#entries.get(id)
    if (entry === undefined) return 'NOT_FOUND'
    if (ifRevision !== undefined && ifRevision !== this.#revisions.get(id)) return 'CONFLICT'
    if (entry.state === to) return 'done'
    const rule = ALLOWED[`${entry.state} ${to}`]
    if (rule === undefined) return 'INVALID_TRANSITION'
    if (rule === 'e') {
      if (!hasMatch(entry)) return 'INVALID_TRANSITION'
      const look = this.#look(id, entry)
      if (look !== 'done') return look
    }
    if (to === 'Retired' && this.#isLeased(entry)) return 'IN_USE'
    const evidence = to === 'Pending' ? undefined : entry.evidence
    this.#set(id, { ...entry, state: to, evidence })
    return 'done'
  }

  /** @param digest undefined: only the tags change. */
  update(id: string, tags: readonly string[], digest: number | null | undefined): ReferenceOutcome {
    const entry = this.#entries.get(id)
    if (entry === undefined) return 'NOT_FOUND'
    const isDeclared = digest === undefined ? entry.isDeclared : digest !== null
    const changed = { ...entry, tags, isDeclared }
    if (digest !== undefined && digest !== entry.digest) {
      // What is known not to be the new bytes stays known.
      const isRefuted = digest !== null && entry.evidence !== undefined && entry.evidence.bytes !== digest
      const evidence = isRefuted ? entry.evidence : undefined
      this.#set(id, { ...changed, digest, state: 'Pending', evidence })
    } else if (String(tags) !== String(entry.tags) || isDeclared !== entry.isDeclared) this.#set(id, changed)
    return 'done'
  }

  remove(id: string): ReferenceOutcome {
    const entry = this.#entries.get(id)
    if (entry === undefined) return 'NOT_FOUND'
    if (this.#isLeased(entry)) return 'IN_USE'
    this.#entries.delete(id)
    this.#revisions.set(id, (this.#revisions.get(id) ?? 0) + 1)
    return 'done'
  }

  resolve(id: string): ReferenceOutcome {
    const entry = this.#entries.get(id)
    if (entry === undefined) return 'NOT_FOUND'
    if (entry.state !== 'Active' || !hasMatch(entry)) return 'NOT_USABLE'
    const look = this.#look(id, entry)
    if (look === 'FILE_CHANGED') this.#set(id, { ...entry, state: 'Pending', evidence: undefined })
    return look
  }

  /** @param lease what the catalog called it; undefined where it refused. */
  lease(id: string, lease: string | undefined, untilMs: number): ReferenceOutcome {
    const entry = this.#entries.get(id)
    if (entry === undefined) return 'NOT_FOUND'
    if (entry.state !== 'Active' || !hasMatch(entry)) return 'NOT_USABLE'
    if (lease === undefined) return 'done'
    const counting = [...entry.leases].filter(([, until]) => until > this.nowMs)
    this.#set(id, { ...entry, leases: new Map([...counting, [lease, untilMs]]) })
    return 'done'
  }

  release(id: string, lease: string): ReferenceOutcome {
    const entry = this.#entries.get(id)
    // A lease that has expired, or whose model is gone, has ended.
    if (entry === undefined || !entry.leases.has(lease)) return 'done'
    const counting = [...entry.leases].filter(([name, until]) => name !== lease && until > this.nowMs)
    this.#set(id, { ...entry, leases: new Map(counting) })
    return 'done'
  }

  #look(id: string, { evidence }: ReferenceEntry): ReferenceOutcome {
    const file = this.#files.get(id)
    if (file === undefined) return 'FILE_MISSING'
    return file.file === evidence?.file ? 'done' : 'FILE_CHANGED'
  }

  #isLeased({ leases }: ReferenceEntry): boolean {
    return [...leases.values()].some((until) => until > this.nowMs)
  }

  #set(id: string, entry: ReferenceEntry): void {
    this.#entries.set(id, entry)
    this.#revisions.set(id, (this.#revisions.get(id) ?? 0) + 1)
  }
}

function hasMatch({ evidence, digest }: ReferenceEntry): boolean {
  return evidence !== undefined && evidence.bytes === digest
}
