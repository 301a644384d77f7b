import { expect, it } from 'vitest'
import { createWorld } from './world.ts'

const OVERRIDE = '\u202e'
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

it('no command shows what turns or hides the text around it, in text or in JSON', async () => {
  const world = createWorld()
  const location = world.write(`gpj${OVERRIDE}.gguf`, 'bytes')
  const said = `s${OVERRIDE}\u200b`
  const words = ['--actor', said, '--reason', said]
  const registered = await world.run(
    ...['register', 'm', '--source', `hf:org/${said}`, '--name', said, '--tag', said],
    ...['--location', location, ...words],
  )
  expect(registered).toMatchObject({ code: 0, stderr: '' })
  await world.run('verify', 'm')
  await world.run('lease', 'take', 'm', '--for', '1h', '--holder', said)
  for (const command of [
    ['show', 'm', '--show-source'],
    ['ls', '--show-source'],
    ['history'],
    ['history', 'm'],
    ['locate', 'm'],
    ['lease', 'ls'],
    ['doctor'],
    ['rm', 'm'],
    ['show', said],
    ['add', `${said}.gguf`],
    ['ls', `--${said}`],
    ['digest', `${said}.gguf`],
  ]) {
    for (const format of [[], ['--json']]) {
      const { stdout, stderr } = await world.run(...command, ...format)
      const shown = stdout + stderr
      expect(shown, command.join(' ')).not.toBe('')
      expect(shown.replaceAll('\n', ''), command.join(' ')).not.toMatch(INVISIBLE)
    }
  }
})
