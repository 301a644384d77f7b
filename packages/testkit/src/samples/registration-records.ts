import type { CopiedRecord, ModelId } from '@catalog/types'
import { sampleEntry } from './samples.ts'

/** Records of a catalog that is copied, from a position on: each registers a model `m-<position>`. */
export function registrationRecords(first: number, count: number): readonly CopiedRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const position = first + index
    const at = new Date(Date.UTC(2026, 0, position)).toISOString()
    const id = `m-${position}` as ModelId
    const entry = { ...sampleEntry({ id }), revision: 1 }
    return { position, at, changes: [{ position, at, operation: 'register', id, revision: 1, entry }] }
  })
}
