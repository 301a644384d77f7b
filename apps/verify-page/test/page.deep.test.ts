import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { expect, it, onTestFinished } from 'vitest'
import { listPeaks } from './process-memory.ts'
import { servePage } from './served-page.ts'
import { openWatched, type Shown } from './watched-page.ts'

const SIZE_BYTES = 500_000_000
const WRONG = '0'.repeat(64)

it.skipIf(lacks('chromium', 'proc', 'sha256sum'))(
  'a dropped file of 500 MB is checked with progress, cancelled, and told right from wrong',
  async () => {
    const directory = createDirectory()
    const model = createModel(join(directory, 'model.gguf'))
    const digest = execFileSync('sha256sum', [model], { encoding: 'utf8' }).slice(0, 64)
    const { url, requests } = await servePage(join(directory, 'page'))
    const page = await openWatched(url, directory)

    await page.watch(() => page.drop(model), isChosen)
    await page.type('#expected', `SHA256:${digest.toUpperCase()}`)
    const right = await page.watch(() => page.press('Enter'), isOver)
    expectProgress(right)
    expect(right.at(-1)).toMatchObject({ state: 'right', focus: 'check', problem: '' })
    expect(right.at(-1)?.result).toContain(digest)
    const stalls = right.map(({ stallMs }) => stallMs)
    console.log(`The longest wait of the page's other work was ${Math.max(...stalls).toFixed(0)} ms`)

    // By the keyboard alone: the focus is at Check, then at Cancel, then at Check again.
    const begun = await page.watch(
      () => page.press('Enter'),
      ({ progress }) => progress > 0.1,
    )
    expect(begun.at(-1)).toMatchObject({ state: 'reading', focus: 'cancel' })
    const cancelled = await page.watch(() => page.press('Enter'), isOver)
    expect(cancelled.at(-1)).toMatchObject({ state: 'cancelled', focus: 'check' })
    expect(Math.max(...cancelled.map(({ progress }) => progress))).toBeLessThan(1)
    expect(cancelled.at(-1)?.result).not.toMatch(/[0-9a-f]{64}/u)

    // Another one: a chooser does not tell that the same file was chosen again.
    const again = createModel(join(directory, 'again.gguf'))
    await page.watch(() => page.choose(again), isChosen)
    await page.type('#expected', WRONG)
    const wrong = await page.watch(() => page.press('Enter'), isOver)
    expectProgress(wrong)
    expect(wrong.at(-1)?.state).toBe('wrong')
    expect(wrong.at(-1)?.result).toContain(WRONG)
    expect(wrong.at(-1)?.result).toContain(digest)

    // It was never in memory as a whole.
    const peaks = listPeaks(page.browser.processId)
    expect(peaks.length).toBeGreaterThan(1)
    expect(Math.max(...peaks)).toBeLessThan(SIZE_BYTES)
    console.log(`The largest process of the browser took ${(Math.max(...peaks) / 1e6).toFixed(0)} MB`)

    // The file went nowhere.
    expect(new Set(requests)).toEqual(new Set(['GET /', 'GET /page.css', 'GET /page.js', 'GET /worker.js']))
  },
)

it.skipIf(lacks('chromium'))(
  'a checksum list gives the expected digest, and what is wrong is said',
  async () => {
    const directory = createDirectory()
    const model = join(directory, 'small.gguf')
    writeFileSync(model, 'GGUF')
    const digest = createHash('sha256').update('GGUF').digest('hex')
    const list = join(directory, 'SHA256SUMS')
    writeFileSync(list, `${WRONG}  large.gguf\n${digest}  small.gguf\n`)
    const { url } = await servePage(join(directory, 'page'))
    const page = await openWatched(url, directory)
    const check = async (): Promise<Shown | undefined> =>
      (await page.watch(() => page.press('Enter'), isOver)).at(-1)

    await page.watch(
      () => page.drop(model, list),
      ({ chosen }) => chosen === 'small.gguf, 0.0 MB',
    )
    await page.run(`document.querySelector('#check').focus()`)
    expect(await page.run(`document.querySelector('#expected').value`)).toBe(digest)
    expect(await check()).toMatchObject({ state: 'right' })
    await page.type('#expected', 'abc')
    expect(await check()).toMatchObject({
      state: 'invalid',
      focus: 'expected',
      problem: expect.stringContaining('64 characters'),
    })
    await page.run(`document.querySelector('#expected').value = ''`)
    expect((await check())?.result).toContain(digest)
    writeFileSync(list, `${WRONG}  large.gguf\n`)
    const [unnamed] = await page.watch(
      () => page.drop(list),
      ({ problem }) => problem !== '',
    )
    expect(unnamed).toBeDefined()
    // The browser gives no bytes of a file that was written to since it was chosen.
    writeFileSync(model, 'GGUF, but another')
    expect(await check()).toMatchObject({
      state: 'failed',
      result: expect.stringContaining('could not be read'),
    })
  },
)

function isChosen({ state, chosen }: Shown): boolean {
  return state === 'idle' && /^(?:model|again)\.gguf, 500 MB$/u.test(chosen)
}

function isOver({ state }: Shown): boolean {
  return state !== 'idle' && state !== 'reading'
}

/** It only grows, in many steps, and says how much there is. */
function expectProgress(shown: readonly Shown[]): void {
  const shares = shown.filter(({ state }) => state === 'reading').map(({ progress }) => progress)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(new Set(shares).size).toBeGreaterThan(5)
  expect(shares.at(-1)).toBe(1)
  expect(shown.some(({ rate }) => /^\d+ MB of 500 MB, \d+ MB\/s, \d+ s left$/u.test(rate))).toBe(true)
}

function createDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'verify-page-'))
  // A browser ends a moment before the last of its processes, which may still write.
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return directory
}

/** Takes little space on the disk, and its begin and end are not zeros. */
function createModel(path: string): string {
  writeFileSync(path, 'GGUF')
  const file = openSync(path, 'r+')
  ftruncateSync(file, SIZE_BYTES)
  writeSync(file, 'end', SIZE_BYTES - 3)
  closeSync(file)
  return path
}
