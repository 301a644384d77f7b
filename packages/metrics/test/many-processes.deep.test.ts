import { seedOfRun } from '@catalog/testkit/running'
import { it } from 'vitest'
import { scrapeWhileWorking } from './scrape-while-working.ts'

it('after 1,000 operations by four processes and two restarts of the scraper the metrics are the history', async () => {
  await scrapeWhileWorking({ processes: 4, operations: 84, rounds: 3, seed: seedOfRun() })
})
