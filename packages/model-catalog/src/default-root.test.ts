import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findDefaultRoot } from './default-root.ts'

it.each([
  [{}, join(homedir(), '.cache', 'llama-orch', 'models')],
  [{ XDG_CACHE_HOME: '/var/cache' }, '/var/cache/llama-orch/models'],
  [{ XDG_CACHE_HOME: 'relative' }, join(homedir(), '.cache', 'llama-orch', 'models')],
  [{ XDG_CACHE_HOME: '' }, join(homedir(), '.cache', 'llama-orch', 'models')],
  [{ XDG_CACHE_HOME: '/var/cache', CATALOG_ROOT: '/srv/models' }, '/srv/models'],
  [{ CATALOG_ROOT: '' }, join(homedir(), '.cache', 'llama-orch', 'models')],
])('the root for %j is %s', (environment, root) => {
  expect(findDefaultRoot(environment)).toBe(root)
})
