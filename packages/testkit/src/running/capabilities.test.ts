import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAvailable, lacks } from './capabilities.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Takes these for missing, and asks for others. */
function stub({ lack, require = '' }: { readonly lack: string; readonly require?: string }): void {
  vi.stubEnv('CATALOG_LACK', lack)
  vi.stubEnv('CATALOG_REQUIRE', require)
}

describe('lacks', () => {
  it('is true if one of several is missing', () => {
    stub({ lack: 'strace' })
    expect(lacks('strace')).toBe(true)
    expect(lacks('posix', 'strace')).toBe(true)
    expect(isAvailable('strace')).toBe(false)
  })

  it('is true if what the capability cannot be had without is missing', () => {
    stub({ lack: 'root' })
    expect(['loop', 'ext4', 'other-user', 'tmpfs'].map((each) => lacks(each as 'loop'))).toEqual(
      Array(4).fill(true),
    )
  })

  it('throws if a capability is missing that CATALOG_REQUIRE names', () => {
    stub({ lack: 'strace,root', require: 'root,strace' })
    expect(() => lacks('strace')).toThrow('strace')
    expect(() => lacks('ext4')).toThrow('root')
    expect(lacks('posix')).toBe(process.platform === 'win32')
  })

  it('throws for a name that is not a capability', () => {
    stub({ lack: '', require: 'rot' })
    expect(() => lacks('posix')).toThrow('CATALOG_REQUIRE names rot')
  })
})

describe('with DATABASE_URL', () => {
  it('tests have a database, and those that start a server are skipped, with the reason', async () => {
    vi.resetModules()
    stub({ lack: '' })
    vi.stubEnv('DATABASE_URL', 'postgresql://127.0.0.1:1/models')
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const capabilities = await import('./capabilities.ts')
    expect(capabilities.lacks('database')).toBe(false)
    expect(warn).not.toHaveBeenCalled()
    expect([capabilities.lacks('postgres'), capabilities.lacks('pgbouncer')]).toEqual([true, true])
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^SKIPPED: .*DATABASE_URL is set/u)]])
    expect(capabilities.reasonOf('pgbouncer')).toContain('DATABASE_URL is set')
    expect(capabilities.reasonOf('strace')).toBe('No strace on this machine')
  })

  it('unset, tests have a database if a server can be started', async () => {
    vi.resetModules()
    vi.stubEnv('DATABASE_URL', '')
    for (const lack of ['postgres', '']) {
      stub({ lack })
      const capabilities = await import('./capabilities.ts')
      expect(capabilities.isAvailable('database')).toBe(capabilities.isAvailable('postgres'))
      vi.resetModules()
    }
  })
})
