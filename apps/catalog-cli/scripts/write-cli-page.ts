// `pnpm cli-page`: writes docs/cli.md.
import { writeFileSync } from 'node:fs'
import { renderCliPage } from './cli-page.ts'

writeFileSync(new URL('../../../docs/cli.md', import.meta.url), renderCliPage())
