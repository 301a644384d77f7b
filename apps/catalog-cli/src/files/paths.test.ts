import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findCallerDirectory, placeOf } from './paths.ts'

it.each([
  ['of the script named catalog', { npm_lifecycle_event: 'catalog', INIT_CWD: '/home/me' }, '/home/me'],
  ['of another script', { npm_lifecycle_event: 'test', INIT_CWD: '/home/me' }, '/work'],
  ['of an installed program', {}, '/work'],
  ['of an old script runner', { npm_lifecycle_event: 'catalog' }, '/work'],
])('finds the directory of the user %s', (_of, environment, directory) => {
  expect(findCallerDirectory(environment, '/work')).toBe(directory)
})

it.each([
  ['/srv/models/a.gguf', { file: 'a.gguf' }],
  ['/srv/models/org/a.gguf', { file: 'org/a.gguf' }],
  ['/srv/models/..a.gguf', { file: '..a.gguf' }],
  ['/srv/models-old/a.gguf', { location: '/srv/models-old/a.gguf' }],
  ['/srv/a.gguf', { location: '/srv/a.gguf' }],
  ['/srv/models', { location: '/srv/models' }],
])('places %s', async (path, place) => {
  expect(await placeOf('/srv/models', path)).toEqual(place)
})

it('knows a file inside by whichever of two names of the root', async () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'catalog-cli-')))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  mkdirSync(join(directory, 'real/org'), { recursive: true })
  symlinkSync('real', join(directory, 'link'))
  const { real, link } = { real: join(directory, 'real'), link: join(directory, 'link') }
  expect(await placeOf(link, join(real, 'org/a.gguf'))).toEqual({ file: 'org/a.gguf' })
  expect(await placeOf(real, join(link, 'org/a.gguf'))).toEqual({ file: 'org/a.gguf' })
  expect(await placeOf(real, join(directory, 'a.gguf'))).toEqual({ location: join(directory, 'a.gguf') })
})
