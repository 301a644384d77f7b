import { sampleDigest } from '@catalog/testkit'
import type { ApplyReport } from '../src/upkeep/apply/apply-plan.ts'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'

/** Where a model's file is by default. */
export function pathOf(id: string): string {
  return `/models/${id}.gguf`
}

/** The names that sharing makes beside a model's file, as those of an attempt that was killed. */
export function sharingNames(id: string): { readonly aside: string; readonly prepared: string } {
  const unique = `${pathOf(id)}.01234567-89ab-cdef-0123-456789abcdef`
  return { aside: `${unique}.replaced`, prepared: `${unique}.replacing` }
}

/** A catalog of verified models, each of bytes of its own unless seeds are given. */
export async function openWith(
  ids: readonly string[],
  seeds: readonly number[] = ids.map((_, index) => index + 1),
): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  for (const [index, id] of ids.entries()) {
    opened.files.put(pathOf(id), sampleDigest(seeds[index] ?? 0))
    await opened.catalog.register({ id, source: 'hf:org/model' })
    await opened.catalog.verify(id)
  }
  opened.files.read.length = 0
  return opened
}

/** What an applied plan came to, in short. */
export function outlineOf({ done, skipped, failed, freedBytes }: ApplyReport): Record<string, unknown> {
  return {
    done: done.map(({ kind }) => kind),
    skipped: skipped.map(({ reason }) => reason),
    failed: failed.map(({ code }) => code),
    freedBytes,
  }
}
