import { seedOfRun } from '@catalog/testkit/running'
import { it } from 'vitest'
import { scrapeWhileWorking } from './scrape-while-working.ts'

it('the metrics are those of two other processes, also after the scraper was killed', async () => {
  await scrapeWhileWorking({ processes: 2, operations: 25, rounds: 2, seed: seedOfRun() })
})
