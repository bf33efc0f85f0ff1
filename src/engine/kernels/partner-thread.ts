/** Entry of a partner's thread. */
import { workerData } from 'node:worker_threads'
import { type PartnerData, serveOffers } from './partner.js'
import { wasmCode } from './wasm-code.js'

const { memory, control } = workerData as PartnerData
serveOffers(wasmCode(memory), control)
