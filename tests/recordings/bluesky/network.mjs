// Starts a whole AT Protocol network (PLC directory, PDS, AppView) on loopback for record_bluesky.py.
// Run beside an installed @atproto/dev-env. One line on stdin, "settle", waits until the AppView knows all; the end of
// stdin ends the network.
import { createInterface } from 'node:readline'
import { TestNetwork } from '@atproto/dev-env'

const network = await TestNetwork.create({ dbPostgresSchema: 'recording', pds: { enableDidDocWithSession: true } })
const say = (value) => process.stdout.write(`@@${JSON.stringify(value)}\n`)
say({ pds: network.pds.url, appview: network.bsky.url, plc: network.plc.url })
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === 'settle') {
    await network.processAll()
    say({ settled: true })
  }
}
process.exit(0)
