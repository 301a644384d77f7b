import type { Change } from '@catalog/types'

/** What a change came to, in the fewest words. */
export interface ReferenceChange {
  readonly id: string
  readonly revision: number
  readonly name: string | null
}

/** The rules of applying, written for reading: everything is recomputed from the list of applied changes. */
export class ReferenceCatalog {
  readonly applied: ReferenceChange[] = []

  /** The last change under this id, whatever its case. */
  last(id: string): ReferenceChange | undefined {
    return this.applied.findLast((change) => fold(change.id) === fold(id))
  }

  present(): readonly ReferenceChange[] {
    const ids = new Set(this.applied.map(({ id }) => fold(id)))
    const last = [...ids].flatMap((id) => this.last(id) ?? [])
    return last.filter(({ name }) => name !== null).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** Applies all changes or none, and says which. */
  commit(changes: readonly Change[]): boolean {
    if (!changes.every((change) => this.#holds(change))) return false
    for (const { id, entry } of changes) {
      const revision = (this.last(id)?.revision ?? 0) + 1
      this.applied.push({ id, revision, name: entry?.name ?? null })
    }
    return true
  }

  /** Records a verification that changes nothing, if the model is there. */
  verify(id: string): boolean {
    const last = this.last(id)
    if (last === undefined || last.name === null || last.id !== id) return false
    this.applied.push(last)
    return true
  }

  #holds({ id, ifRevision }: Change): boolean {
    const last = this.last(id)
    if (last === undefined || last.name === null) return ifRevision === 0
    return last.id === id && last.revision === ifRevision
  }
}

function fold(id: string): string {
  return id.toLowerCase()
}
