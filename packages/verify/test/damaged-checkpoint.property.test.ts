import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRandom, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { resumeDownload } from '../src/index.ts'
import { interruptDownload } from './interrupted-download.ts'

/** Of the bytes of a checkpoint, some 500; `pnpm test:deep` looks at each. */
const PLACES = scaleRuns(60)

/** Places in a text of this length that are as far apart as can be, all of them if there are enough. */
function choosePlaces(length: number): readonly number[] {
  const step = Math.max(1, length / PLACES)
  const first = createRandom(seedOfRun())() * step
  return Array.from({ length: Math.floor(length / step) }, (_, index) => Math.floor(first + index * step))
}

/** All at once: each look waits until a change after it must show in the times of what it looks at. */
async function expectRefused(path: string, texts: readonly (string | Uint8Array)[]): Promise<void> {
  const looks = texts.map(async (text, index) => {
    const name = `${path}.${index}`
    rmSync(name, { force: true })
    linkSync(path, name)
    writeFileSync(`${name}.checkpoint`, text)
    const start = await resumeDownload(name)
    if (start.resume || !/-checkpoint$/u.test(start.reason)) expect.unreachable(`text ${index} was believed`)
  })
  await Promise.all(looks)
}

it('a checkpoint with any byte changed is refused', async () => {
  const { path, checkpointPath } = await interruptDownload()
  const whole = readFileSync(checkpointPath)
  const places = choosePlaces(whole.length)
  const change = (to: (byte: number, place: number) => number) =>
    places.map((place) => whole.with(place, to(whole[place] ?? 0, place)))
  await expectRefused(
    path,
    change((byte, place) => byte ^ (1 << (place % 8))),
  )
  await expectRefused(
    path,
    change((byte) => (byte === 0x20 ? 0x0a : 0x20)),
  )
  linkSync(path, `${path}.whole`)
  writeFileSync(`${path}.whole.checkpoint`, whole)
  expect(await resumeDownload(`${path}.whole`)).toMatchObject({ resume: true })
})

it('a checkpoint cut off anywhere, or with something behind it, is refused', async () => {
  const { path, checkpointPath } = await interruptDownload()
  const whole = readFileSync(checkpointPath)
  const more = ['\n', ' ', '{}', whole.toString(), '\n'.repeat(5000)]
  await expectRefused(
    path,
    [...choosePlaces(whole.length), 0, whole.length - 1].map((length) => whole.subarray(0, length)),
  )
  await expectRefused(
    path,
    more.map((text) => `${whole}${text}`),
  )
})
