import type { Command } from 'commander'
import { createProgram } from '../src/program.ts'

const INTRODUCTION = `# The commands

For users of \`catalog\`: every command and option, as \`--help\` after a command prints them. The
[README of the CLI](../apps/catalog-cli/README.md) says how they work together, and has the exit codes and the JSON documents.
\`pnpm cli-page\` writes this page from the program.
`

/** The page of all commands, `docs/cli.md`, made from the help of the program. */
export function renderCliPage(): string {
  const printed: string[] = []
  const sink = { write: (text: string) => printed.push(text), isTTY: true, columns: 100 }
  const program = createProgram(async () => undefined, { stdout: sink, stderr: sink })
  const render = (command: Command, heading: string): string => {
    printed.length = 0
    command.outputHelp()
    return `## ${heading}\n\n\`\`\`text\n${printed.join('').trimEnd()}\n\`\`\`\n`
  }
  const commands = listCommands(program)
  const sections = commands.map(({ command, name }) => {
    // The options of every command stand once, in the first section.
    command.configureHelp({ ...command.configureHelp(), showGlobalOptions: false })
    return render(command, name)
  })
  const contents = ['catalog', ...commands.map(({ name }) => name)].map(toContentsLine).join('\n')
  return [INTRODUCTION, `${contents}\n`, render(program, 'catalog'), ...sections].join('\n')
}

/** Readers of Markdown make the anchor of a heading in this way. */
function toContentsLine(heading: string): string {
  return `- [${heading}](#${heading.replaceAll(' ', '-')})`
}

interface NamedCommand {
  readonly command: Command
  readonly name: string
}

/** Each is followed by those below it, such as `lease` by `lease take`. */
function listCommands(parent: Command, prefix = 'catalog'): readonly NamedCommand[] {
  return parent.commands.filter(isVisible).flatMap((command) => {
    const name = `${prefix} ${command.name()}`
    return [{ command, name }, ...listCommands(command, name)]
  })
}

/** `complete` is for the scripts of the shells. */
function isVisible(command: Command): boolean {
  return command.parent?.createHelp().visibleCommands(command.parent).includes(command) ?? true
}
