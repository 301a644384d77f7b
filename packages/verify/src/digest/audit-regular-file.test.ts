import { fstatSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSha256Digest } from '@catalog/types'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Auditor, describeAudit } from '../../test/describe-audit.ts'
import { Barrier } from '../barrier/barrier.ts'
import { CHUNK_BYTES, createChunkMap } from '../chunks/chunk-map.ts'
import { type HashedContent, type HashJob, HashThread } from '../pool/hash-thread.ts'
import { JobController } from '../pool/job-controller.ts'
import { TurnQueue } from '../pool/turn-queue.ts'
import { type AuditTask, auditRegularFile } from './audit-regular-file.ts'

it('closes the file only when no reader has to do with it, also when one of them failed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'verify-audit-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'model.gguf')
  writeFileSync(path, '')
  truncateSync(path, 2 * CHUNK_BYTES)
  const digest = parseSha256Digest('a'.repeat(64))
  const map = createChunkMap(digest, 2 * CHUNK_BYTES, [digest, digest])
  const isOpenAtEnd: boolean[] = []
  const hash = async ({ fd, offset }: HashJob): Promise<HashedContent> => {
    if (offset === 0) throw Object.assign(new Error('failed'), { code: 'EIO' })
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    isOpenAtEnd.push(fstatSync(fd).isFile())
    return { doneBytes: CHUNK_BYTES, digest }
  }
  const withThread: AuditTask['withThread'] = (_signal, work) => work({ hash } as unknown as HashThread)
  const request = { path, map, followSymlink: false, threads: 2 }
  const cancel = new JobController()
  const auditing = auditRegularFile({
    request,
    cancel,
    barrier: new Barrier(),
    onProgress: undefined,
    withThread,
  })
  await expect(auditing).rejects.toMatchObject({
    code: 'IO',
    details: { operation: 'read', path, errno: 'EIO' },
  })
  expect(isOpenAtEnd).toEqual([true])
})

describe.each([1, 2, 12])('an audit on %i threads', (threadCount) => {
  describeAudit({ open: () => openAuditor(threadCount), chunkBytes: 64 * 1024, wholeChunks: 2 })
})

/** As a verifier audits, but for maps with chunks of any size. */
function openAuditor(threadCount: number): Auditor {
  const threads = Array.from({ length: threadCount }, () => new HashThread())
  const turns = new TurnQueue(threads)
  const barrier = new Barrier()
  const withThread: AuditTask['withThread'] = async (signal, work) => {
    const thread = await turns.take(signal)
    try {
      return await work(thread)
    } finally {
      turns.give(thread)
    }
  }
  return {
    auditFile: async (path, map, { onProgress } = {}) => {
      const request = { path, map, followSymlink: false, threads: threadCount }
      return await auditRegularFile({
        request,
        cancel: new JobController(),
        barrier,
        onProgress,
        withThread,
      })
    },
    close: async () => {
      for (const thread of threads) await thread.close()
    },
  }
}
