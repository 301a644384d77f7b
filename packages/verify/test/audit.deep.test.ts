import { describe } from 'vitest'
import { createVerifier } from '../src/index.ts'
import { describeAudit } from './describe-audit.ts'

const CHUNK_BYTES = 16 * 1024 * 1024

describe.each([1, 2, 12])('an audit on %i threads', (threads) => {
  describeAudit({ open: () => createVerifier({ threads }), chunkBytes: CHUNK_BYTES, wholeChunks: 4 })
})
