import { MAX_SETTINGS_BYTES } from '@catalog/types/adapter'
import { expect, it } from 'vitest'
import { encodeSettingsCommit, sizeOfSettings, toSettingsCommit } from './settings-codec.ts'

const settings = { policy: {}, volumes: { v: { lastSeen: '2025-10-01T00:00:00.000Z', node: 'n' } } }
const content = { policy: {}, volumes: { v: { last_seen: '2025-10-01T00:00:00.000Z', node: 'n' } } }

it('a commit of settings says what they build on, changes no entry, and keeps the fields that are not known', () => {
  const { wire, text } = encodeSettingsCommit({ ifRevision: 3, settings }, { policy: {}, later: 1 })
  expect(wire).toStrictEqual({
    operation: 'settings',
    changes: [],
    settings: { if: 3, content: { ...content, later: 1 } },
  })
  expect(JSON.parse(text)).toStrictEqual(wire)
})

it('a commit of settings says who and why', () => {
  const commit = encodeSettingsCommit({ ifRevision: 0, settings, actor: 'ada', reason: 'new' }, undefined)
  expect(commit.wire).toMatchObject({ actor: 'ada', reason: 'new', settings: { if: 0, content } })
  expect(() => encodeSettingsCommit({ ifRevision: -1, settings }, undefined)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT' }),
  )
})

it('settings may take 2 MiB of JSON, in bytes, and are INVALID_INPUT beyond', () => {
  const around = sizeOfSettings({ text: '' })
  expect(sizeOfSettings({ text: 'é' })).toBe(around + 2)
  const commit = (text: string) => toSettingsCommit('settings', {}, { if: 0, content: { text } })
  const longest = 'x'.repeat(MAX_SETTINGS_BYTES - around)
  expect(commit(longest).text).toContain(longest)
  expect(() => commit(`${longest}x`)).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      details: { problems: [expect.objectContaining({ field: 'settings' })] },
    }),
  )
})
