import type { Candidate } from '@catalog/import'
import { describe, expect, it } from 'vitest'
import { formatCandidates, formatStores, summarizeStores } from './import-table.ts'

const CANDIDATE: Candidate = {
  layout: 'docker-model-runner',
  store: '/home/ada/.docker/models',
  id: 'docker-model-runner/hf.co/acme/Wren-GGUF/Q4_0/projector',
  name: 'hf.co/acme/Wren-GGUF:Q4_0',
  otherNames: [],
  source: 'hf:acme/Wren-GGUF',
  location: `/home/ada/.docker/models/blobs/sha256/${'a'.repeat(64)}`,
  sizeBytes: 1024 ** 4 - 1,
  companions: [],
  problems: [],
}

describe.each([40, 80, 200])('in a terminal of %i columns', (width) => {
  it('the stores fit', () => {
    const lines = formatStores(summarizeStores([CANDIDATE]), width)
    expect(lines).toHaveLength(2)
    expect(lines.filter((line) => line.length > width)).toEqual([])
  })

  it('the models fit', () => {
    const lines = formatCandidates([CANDIDATE], width)
    expect(lines).toHaveLength(2)
    expect(lines.filter((line) => line.length > width)).toEqual([])
  })
})
