import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { lacks } from '@catalog/testkit/running'
import { expect, it } from 'vitest'

const FLEET = fileURLToPath(new URL('../src/fleet.ts', import.meta.url))

async function runDemo(environment: NodeJS.ProcessEnv): Promise<string> {
  const args = ['--conditions=@catalog/source', '--import', import.meta.resolve('tsx'), FLEET]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, ...environment },
  })
  return stdout
}

it.skipIf(lacks('database'))(
  'pnpm demo:fleet tells of two machines: one finds its copy damaged, and the other goes on serving',
  async () => {
    const told = await runDemo({})
    expect(told).toContain('machine B: the catalog says Active; not served here')
    expect(told).toMatch(/machine B: the catalog says Active; served here from .*machine-b/u)
    expect(told).toContain('audit of machine A: llama-3.1-8b-instruct is wrong [DIGEST_MISMATCH]')
    const [, afterAudit = ''] = told.split('audit of machine A:')
    expect(afterAudit).toMatch(/machine A: the catalog says \w+; not served here/u)
    expect(afterAudit).toMatch(/machine B: the catalog says Active; served here/u)
    expect(told).toContain('Done in')
  },
  300_000,
)

it('pnpm demo:fleet says that it is skipped without PostgreSQL', async () => {
  expect(await runDemo({ DATABASE_URL: '', CATALOG_LACK: 'postgres' })).toContain('SKIPPED: no PostgreSQL')
}, 60_000)
