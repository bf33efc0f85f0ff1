/** The audits of graphql-http, over real HTTP, and what they leave open. */
import { serverAudits } from 'graphql-http'
import { post, type TestServer, testServer } from './test-server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer({})
})
afterAll(() => server.close())

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${server.url}/graphql`, fetchFn: fetch })

  it('is audited in 61 ways', () => {
    expect(audits).toHaveLength(61)
  })

  it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))(
    '%s',
    async (_name, audit) => {
      const result = await audit.fn()
      expect(result.status === 'error' ? result.reason : 'no error').toBe('no error')
    },
  )

  it('refuses a mutation by GET with 405', async () => {
    const query = 'mutation { cancelJob(input: {id: "job:1"}) { __typename } }'
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'application/json', 'x-apollo-operation-name': 'test' },
    })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  it('refuses a simple cross-site request, which a form on another page could send', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"query":"{ __typename }"}',
    })
    expect(response.status).toBeGreaterThanOrEqual(400)
    const byGet = await fetch(`${server.url}/graphql?query=%7B__typename%7D`, { headers: { accept: '*/*' } })
    expect(byGet.status).toBe(400)
  })

  it('has a status that is no success when there is no data, for clients of graphql-response+json', async () => {
    const question = { query: '{ circuit(ref: {id: "not hex"}) { id } circuits { totalCount } }' }
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify(question),
    })
    const body = (await response.json()) as { data: unknown }
    expect(body.data).toBeNull()
    expect(response.status).toBe(500)
    expect((await post(`${server.url}/graphql`, question)).status).toBe(200)
  })
})
