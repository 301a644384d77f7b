import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

const SOURCE = 'https://bob:hunter2@host.example/llama.gguf?token=hunter2'

it('shows who changed what, when and why', async () => {
  const world = createWorld()
  await world.run('register', 'llama', '--source', SOURCE, '--actor', 'ada', '--reason', 'a trial')
  await world.run('register', 'other', '--source', 's', '--actor', 'bob')
  await world.run('state', 'llama', 'Retired', '--actor', 'bob')
  await world.run('rm', 'llama', '--actor', 'bob', '--reason', 'replaced')
  const shown = await world.run('history', 'llama')
  expect(shown).toMatchObject({ code: 0, stderr: '' })
  const rows = shown.stdout.split('\n').map((line) => line.trim().replace(/ {2,}/gu, ' | '))
  const time = '[0-9-]{10}T[0-9:]{8}Z'
  expect(rows).toEqual([
    'TIME | POSITION | ACTOR | OPERATION | ID | REVISION | STATE | REASON',
    expect.stringMatching(
      `^${time} \\| [0-9]+ \\| ada \\| register \\| llama \\| 1 \\| Pending \\| a trial$`,
    ),
    expect.stringMatching(`^${time} \\| [0-9]+ \\| bob \\| set-state \\| llama \\| 2 \\| Retired$`),
    expect.stringMatching(`^${time} \\| [0-9]+ \\| bob \\| remove \\| llama \\| 3 \\| removed \\| replaced$`),
    '3 changes',
    '',
  ])
})

it('shows a verification that could not read the file, at the revision that stands', async () => {
  const world = createWorld()
  await world.run('register', 'llama', '--source', SOURCE)
  expect(await world.run('verify', 'llama')).not.toMatchObject({ code: 0 })
  const shown = await world.run('history', 'llama')
  const rows = shown.stdout.split('\n').map((line) => line.trim().replace(/ {2,}/gu, ' | '))
  expect(rows[2]).toMatch(/ \| verify \| llama \| 1 \| Pending \| unreadable \(FILE_MISSING\)$/u)
  type Shown = { changes: { verification?: object; isUnchanged?: true }[] }
  expect(parseJson<Shown>(await world.run('history', '--json')).changes[1]).toMatchObject({
    ...{ revision: 1, isUnchanged: true },
    verification: { outcome: 'unreadable', bytes: 0, code: 'FILE_MISSING' },
  })
})

it('is one JSON document without credentials, from a position on, and no longer than asked for', async () => {
  const world = createWorld()
  for (const id of ['a', 'b', 'c']) await world.run('register', id, '--source', SOURCE, '--actor', 'ada')
  type Shown = { changes: { id: string; position: number }[]; hasMore: boolean }
  const all = await world.run('history', '--json')
  expect(all.stdout).not.toContain('hunter2')
  const { changes, hasMore } = parseJson<Shown>(all)
  expect([changes.map(({ id }) => id), hasMore]).toEqual([['a', 'b', 'c'], false])
  const since = String(changes[0]?.position)
  const later = parseJson<Shown>(await world.run('history', '--json', '--since', since))
  expect(later.changes).toEqual(changes.slice(1))
  const last = parseJson<Shown>(await world.run('history', '--json', '--since', since, '--limit', '1'))
  expect(last).toEqual({ changes: changes.slice(2), hasMore: true })
  const none = await world.run('history', '--since', String(changes[2]?.position))
  expect(none).toMatchObject({ code: 0, stdout: 'no changes\n' })
  expect(await world.run('history', 'd')).toMatchObject({ code: 4, stdout: '' })
})

it('shows the models as they were at a time', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', SOURCE)
  const { changes } = parseJson<{ changes: { at: string }[] }>(await world.run('history', '--json'))
  const at = changes[0]?.at ?? ''
  await world.run('state', 'a', 'Retired')
  const then = await world.run('history', '--at', at, '--json')
  expect(parseJson(then)).toMatchObject({
    at,
    models: [{ id: 'a', state: 'Pending' }],
    counts: { Pending: 1 },
  })
  expect(then.stdout).not.toContain('hunter2')
  expect((await world.run('history', 'a', '--at', at)).stdout).toMatch(/^a +Pending/mu)
  expect((await world.run('history', '--at', '2020-01-01')).stdout).toBe('no models\n')
  expect(await world.run('history', 'a', '--at', '2020-01-01')).toMatchObject({ code: 4 })
  expect(await world.run('history', '--at', 'yesterday')).toMatchObject({ code: 2 })
  expect(await world.run('history', '--at', at, '--since', '0')).toMatchObject({ code: 2 })
})

it('watches what other processes do, a line a change, until it is interrupted', async () => {
  const world = createWorld()
  await world.run('register', 'before', '--source', SOURCE)
  const asText = world.start('watch')
  // The first line on stderr: the watch has its position.
  await once(asText.stderr, 'data')
  const asJson = world.start('watch', '--json', '--since', '0')
  const lines = createInterface({ input: asJson.stdout })
  const untilRemoved = new Promise<void>((resolve) => {
    lines.on('line', (line) => JSON.parse(line).operation === 'remove' && resolve())
  })
  const untilShown = new Promise<void>((resolve) => {
    asText.stdout.on('data', (text) => String(text).includes('removed') && resolve())
  })
  await world.run('register', 'a', '--source', SOURCE, '--actor', 'ada', '--reason', 'a trial')
  await world.run('rm', 'a', '--actor', 'bob')
  await Promise.all([untilRemoved, untilShown])
  for (const running of [asText, asJson]) running.interrupt()
  const [text, json] = await Promise.all([asText.ended, asJson.ended])
  expect([text.stderr, json.stderr]).toEqual([expect.stringMatching(/^watching from [^\n]+\n$/u), ''])
  expect([text.code, json.code]).toEqual([0, 0])
  expect(text.stdout.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/Z {2}[0-9]+ {2}a {2}register -> Pending, revision 1 by ada: a trial$/u),
    expect.stringMatching(/Z {2}[0-9]+ {2}a {2}remove -> removed, revision 2 by bob$/u),
  ])
  const changes = json.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(changes).toMatchObject([
    { id: 'before', revision: 1 },
    { id: 'a', revision: 1, actor: 'ada', reason: 'a trial' },
    { id: 'a', revision: 2, entry: null },
  ])
  expect(json.stdout).not.toContain('hunter2')
})

it('verifies the history, and ends as damage does where a byte was changed', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  await world.run('register', 'b', '--source', 's')
  const whole = await world.run('verify-history')
  expect(whole).toMatchObject({ code: 0, stderr: '' })
  expect(whole.stdout).toMatch(/^([0-9]+) records in 1 segment verified, positions 1 to \1\n$/u)
  expect(parseJson(await world.run('verify-history', '--json'))).toMatchObject({ ok: true, segments: 1 })
  const journal = `${world.root}/.catalog/journal-000001.jsonl`
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"register"', '"registfr"'))
  const broken = await world.run('verify-history')
  expect(broken.code).toBe(30)
  expect(broken.stderr).toContain('[DAMAGED]')
  expect(broken.stderr).toContain(journal)
  const asJson = await world.run('verify-history', '--json')
  expect(asJson).toMatchObject({ code: 30, stderr: '' })
  expect(parseJson(asJson)).toMatchObject({ ok: false, segment: 1, path: journal })
})

it('prunes nothing of a short history, and refuses to leave less than two segments', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  const files = () => readdirSync(`${world.root}/.catalog`)
  const before = files()
  expect(await world.run('prune-history', '--keep', '2')).toMatchObject({
    code: 0,
    stdout: 'nothing to remove; 1 segment kept\n',
  })
  expect(await world.run('prune-history', '--keep', '1')).toMatchObject({ code: 2 })
  expect(files()).toEqual(before)
})

it('needs a catalog for each', async () => {
  const world = createWorld()
  mkdirSync(world.root)
  for (const command of [['history'], ['watch'], ['verify-history'], ['prune-history', '--keep', '2']]) {
    expect((await world.run(...command)).code).toBe(22)
  }
  expect(readdirSync(world.root)).toEqual([])
})
