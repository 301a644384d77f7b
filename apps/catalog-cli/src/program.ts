import { readFileSync } from 'node:fs'
import { Command, Help, type Option } from 'commander'
import { defineChangingCommands } from './commands/change/changing-commands.ts'
import { defineCompletionCommands } from './commands/completion/completion-commands.ts'
import { defineDownloadCommands } from './commands/download/download-commands.ts'
import { defineExportCommand } from './commands/export/export-command.ts'
import { defineImportCommand } from './commands/import/import-command.ts'
import { defineLeaseCommands } from './commands/lease/lease-commands.ts'
import { defineMigrateCommand } from './commands/migrate/migrate-command.ts'
import { definePolicyCommands } from './commands/policy/policy-commands.ts'
import { defineReadingCommands } from './commands/read/reading-commands.ts'
import { defineUpkeepCommands } from './commands/upkeep/upkeep-commands.ts'
import { formatExample, type RunCommand } from './options/command-options.ts'
import { collect, parseSymlinkPolicy } from './options/option-values.ts'
import type { Sink } from './output/output.ts'
import { wrapWords } from './text/wrap-words.ts'

/** The whole command line. Wrong usage throws commander's own error; the help goes to stdout. */
export function createProgram(
  run: RunCommand,
  { stdout, stderr }: { readonly stdout: Sink; readonly stderr: Sink },
): Command {
  const program = new Command('catalog')
    .description('Registers model files, proves their bytes by SHA-256 and keeps account of them.')
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .option(
      '--root <dir>',
      'directory of the models (default: $CATALOG_ROOT, else ~/.cache/llama-orch/models)',
    )
    .option(
      '--store <url>',
      'URL (postgresql://…) of a database that many machines share, or fs for the files in the root (default: $CATALOG_STORE, else fs)',
    )
    .option(
      '--symlinks <policy>',
      'which symbolic links may lead to model files: refuse, inside (the root) or anywhere (default: $CATALOG_SYMLINKS, else refuse)',
      parseSymlinkPolicy,
    )
    .option(
      '--node <name>',
      'label of this machine in leases, downloads and evidence (default: $CATALOG_NODE, else made from /etc/machine-id)',
    )
    .option(
      '--anchor <dir>',
      'directory on another disk, which gets a small anchor file, so that what is read on that disk counts for later commands too; may be repeated (default: $CATALOG_ANCHORS, separated by :)',
      collect,
    )
    .option(
      '--only-writer',
      'write to a catalog on a network or FUSE file system; only if no other program ever writes to it',
    )
    .option(
      '--search-root <dir>',
      'directory with model files that are only read, searched for those that are not in the root; may be repeated',
      collect,
    )
    .option(
      '--intact-prefix',
      'of a damaged catalog, read what was recorded before the damage; nothing can be changed',
    )
    .option('--json', 'print one JSON document instead of text; errors as JSON on stderr')
    .option('--debug', 'show where an unexpected error came from, as CATALOG_DEBUG=1 does')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => widthOf(stdout),
      getErrHelpWidth: () => widthOf(stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      // Errors are reported in one place and one form.
      outputError: () => undefined,
    })
    .configureHelp({ showGlobalOptions: true, optionDescription: describeOption, formatItem })
    .addHelpText(
      'after',
      formatExample('catalog add ~/llama-3.1-8b.gguf --source https://example.com/llama.gguf'),
    )
  defineChangingCommands(program, run)
  defineImportCommand(program, run)
  defineExportCommand(program, run)
  defineDownloadCommands(program, run)
  defineLeaseCommands(program, run)
  definePolicyCommands(program, run)
  defineReadingCommands(program, run)
  defineUpkeepCommands(program, run)
  defineMigrateCommand(program, run)
  defineCompletionCommands(program, run)
  return program
}

/** As commander describes it, and whether the command needs it. */
function describeOption(option: Option): string {
  const description = new Help().optionDescription(option)
  return option.mandatory ? `${description} (required)` : description
}

const STACK_INDENT = ' '.repeat(6)

/** As commander does it, but in a narrow terminal with the description below the term: commander would break words. */
function formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const { helpWidth = 80 } = this
  if (description === '' || helpWidth - termWidth - 4 >= this.minWidthToWrap) {
    return Help.prototype.formatItem.call(this, term, termWidth, description, helper)
  }
  const lines = wrapWords(description, helpWidth - STACK_INDENT.length, { indent: '', isCut: false })
  return [`  ${term}`, ...lines.map((line) => `${STACK_INDENT}${line}`)].join('\n')
}

/** The width of a terminal; commander's own default for anything else. */
function widthOf({ isTTY, columns }: Sink): number {
  return (isTTY ? columns : undefined) ?? 80
}

// The sources and the built file are both one directory below the package.
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
