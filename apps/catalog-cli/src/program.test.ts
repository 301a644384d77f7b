import { CommanderError } from 'commander'
import { expect, it } from 'vitest'
import type { RunCommand } from './options/command-options.ts'
import { toUsageProblem } from './problem/usage-error.ts'
import { createProgram } from './program.ts'

const never: RunCommand = () => expect.unreachable('nothing may run')

function createSinks() {
  const printed: string[] = []
  const stdout = { write: (text: string) => printed.push(text) }
  return { printed, sinks: { stdout, stderr: { write: () => expect.unreachable('nothing is an error') } } }
}

async function parse(args: readonly string[], run: RunCommand = never): Promise<string> {
  const { sinks, printed } = createSinks()
  await createProgram(run, sinks).parseAsync(args, { from: 'user' })
  return printed.join('')
}

it.each([
  [['register', 'x'], "required option '--source <source>' not specified"],
  [['register', '--source', 's'], "missing required argument 'id'"],
  [
    ['register', 'x', '--source', 's', '--size', '1k'],
    /'1k' is invalid. It must be a non-negative integer$/u,
  ],
  [['register', 'x', '--source', 's', '--size', '-1'], /It must be a non-negative integer$/u],
  [['register', 'x', '--source', 's', '--size', '9007199254740993'], /It must be a non-negative integer$/u],
  [['ls', '--limit', '0'], /It must be a positive integer$/u],
  [['ls', '--bogus'], "unknown option '--bogus'"],
  [['ls', '--root'], "option '--root <dir>' argument missing"],
  [['ls', '--reason', 'why'], /^unknown option '--reason'/u],
  [['lss'], "unknown command 'lss' (Did you mean ls?)"],
  [['show', 'a', 'b'], /^too many arguments/u],
  [['watch', '--since', 'x'], /It must be a non-negative integer$/u],
  [['prune-history'], "required option '--keep <segments>' not specified"],
  [['audit', '--rate', 'fast'], /It must be a rate such as 200MB\/s$/u],
  [['audit', '--older-than', '30'], /It must be a time above 0, such as 30d, 12h, 90m or 45s$/u],
  [['audit', '--max-bytes', '0'], /It must be a number of bytes above 0, such as 500GB or 1.5TiB$/u],
  [['dedupe', '--method'], "option '--method <method>' argument missing"],
  [['apply'], "missing required argument 'plan'"],
  [['digest'], "missing required argument 'file'"],
])('%j is wrong usage', async (args, message) => {
  const error = await parse(args).catch((thrown: unknown) => thrown)
  if (!(error instanceof CommanderError)) throw error
  expect(toUsageProblem(error).message).toEqual(
    typeof message === 'string' ? message : expect.stringMatching(message),
  )
})

it.each([
  'register',
  'add',
  'verify',
  'state',
  'rm',
  'ls',
  'show',
  'path',
  'digest',
  'history',
  'watch',
  'verify-history',
  'prune-history',
  'repair',
  'audit',
  'doctor',
  'collect',
  'dedupe',
  'apply',
  'stats',
])('the help of %s has the global options and one example', async (command) => {
  const { sinks, printed } = createSinks()
  const program = createProgram(never, sinks)
  program.commands.find((each) => each.name() === command)?.outputHelp()
  const help = printed.join('')
  expect(help).toContain('--root <dir>')
  for (const option of ['--json', '--node <name>', '--anchor <dir>', '--only-writer']) {
    expect(help).toContain(option)
  }
  expect(help).toMatch(/\nExample:\n {2}\$ .*\bcatalog .*\n$/u)
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(program.helpInformation()).toContain(`  ${command} `)
})

it('the help marks the options that a command needs', async () => {
  const help = (command: string): string => {
    const { sinks, printed } = createSinks()
    createProgram(never, sinks)
      .commands.find((each) => each.name() === command)
      ?.outputHelp()
    return printed.join('').replaceAll(/\s+/gu, ' ')
  }
  expect(help('register')).toContain('--source <source> where the model comes from (required)')
  expect(help('prune-history')).toContain('at least 2 (required)')
  expect(help('add')).not.toContain('(required)')
})

it.each([
  [['--root', 'r', '--json', 'rm', 'a', '--actor', 'me', '--reason', 'why']],
  [['rm', 'a', '--root', 'r', '--reason', 'why', '--json', '--actor', 'me']],
])('takes the options of %j', async (args) => {
  const seen: unknown[] = []
  await parse(args, async (options) => void seen.push(options))
  expect(seen).toEqual([{ root: 'r', json: true, actor: 'me', reason: 'why' }])
})

it.each([40, 80, 200])('help fits a terminal of %d columns without broken words', async (columns) => {
  const { sinks, printed } = createSinks()
  const program = createProgram(never, { ...sinks, stdout: { ...sinks.stdout, isTTY: true, columns } })
  for (const args of [['import', '--help'], ['--help']]) {
    await program.parseAsync(args, { from: 'user' }).catch(() => undefined)
  }
  const text = printed.join('')
  // Only an example is a line of its own, which a user copies.
  const lines = text.split('\n').filter((line) => !line.startsWith('  $ '))
  expect(lines.filter((line) => line.length > columns)).toEqual([])
  expect(text.replaceAll(/\s+/gu, ' ')).toContain(
    'register only; the models stay Pending until they are verified',
  )
})
