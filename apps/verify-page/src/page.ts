import type { ManifestLine } from '@catalog/verify'
import { checkInThread } from './check-in-thread.ts'
import { findInList, isList, readList } from './checksum-list.ts'
import { formatProgress } from './format.ts'
import * as parts from './parts.ts'
import {
  showCancelled,
  showChosen,
  showNothing,
  showOutcome,
  showProblem,
  showProgress,
  showReading,
} from './view.ts'

let model: File | undefined
let list: readonly ManifestLine[] | undefined
let running: AbortController | undefined

parts.file.addEventListener('change', () => take(parts.file.files))
parts.expected.addEventListener('input', showNothing)
parts.form.addEventListener('submit', (event) => {
  event.preventDefault()
  if (model !== undefined && running === undefined) check(model)
})
parts.cancel.addEventListener('click', () => running?.abort())

// A file that is dropped beside the field would otherwise replace the page.
addEventListener('dragover', (event) => {
  event.preventDefault()
  parts.drop.classList.add('over')
})
addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) parts.drop.classList.remove('over')
})
addEventListener('drop', (event) => {
  event.preventDefault()
  parts.drop.classList.remove('over')
  if (running === undefined) take(event.dataTransfer?.files)
})

/** Takes what was chosen or dropped: a model, a checksum list, or both. */
async function take(files: FileList | null | undefined): Promise<void> {
  showNothing()
  try {
    for (const file of files ?? []) {
      if (isList(file)) list = await readList(file)
      else model = file
    }
    if (model !== undefined) showChosen(model)
    if (model !== undefined && list !== undefined) parts.expected.value = findInList(list, model.name)
  } catch (error) {
    showProblem(error instanceof Error ? error.message : String(error))
  }
}

async function check(file: File): Promise<void> {
  const controller = new AbortController()
  running = controller
  const startedAt = performance.now()
  showReading(file.name)
  try {
    const outcome = await checkInThread(
      { file, expected: parts.expected.value.trim() },
      {
        signal: controller.signal,
        onProgress: ({ doneBytes, totalBytes = file.size }) => {
          const seconds = (performance.now() - startedAt) / 1000
          showProgress(
            totalBytes === 0 ? 1 : doneBytes / totalBytes,
            formatProgress(doneBytes, totalBytes, seconds),
          )
        },
      },
    )
    showOutcome(outcome, file.name)
  } catch (error) {
    if (controller.signal.aborted) showCancelled()
    else showOutcome({ kind: 'failed', message: String(error) }, file.name)
  } finally {
    running = undefined
  }
}
