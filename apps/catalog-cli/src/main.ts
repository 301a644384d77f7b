#!/usr/bin/env node
import { runCli } from './cli.ts'
import { listenForInterruption } from './problem/interruption.ts'

const { signal, stop } = listenForInterruption()
const { stdin, stdout, stderr, env: environment } = process
process.exitCode = await runCli({
  argv: process.argv.slice(2),
  stdin,
  stdout,
  stderr,
  environment,
  directory: process.cwd(),
  signal,
})
stop()
