import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { connect, createServer, type AddressInfo } from "node:net"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { checkRedis } from "../../src/cli/doctor-redis.ts"
import { readConfig } from "../../src/config/read-config.ts"
import { runCommand } from "../support/command-line.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { freePort } from "../support/free-port.ts"
import { certificate, certificateKey } from "../support/mail-certificate.ts"
import { hasRedis, startRedis } from "../support/redis.ts"

if (!hasRedis) console.log("Skipped cli/doctor-redis: redis-server is missing.")

const findings = (REDIS_URL: string) =>
  checkRedis(readConfig({ directory: "/nonexistent", environment: { REDIS_URL } }))

test("doctor does not repeat a password that the server quotes", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined)
    socket.once("data", () =>
      socket.write("-ERR unknown command 'auth', with args beginning with: 'hunter2'\r\n"),
    )
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const [found] = await findings(`redis://:hunter2@127.0.0.1:${port}`)
  server.close()
  expect(found).toMatchObject({ ok: false, found: expect.stringContaining("unknown command 'auth'") })
  expect(found?.found).not.toContain("hunter2")
})

test("doctor says nothing of Redis where none is set", async () => {
  expect(await checkRedis({ redis: null })).toEqual([])
})

describe.skipIf(!hasRedis)("doctor counts in Redis", () => {
  test("and warns of one that is slow", async () => {
    await using redis = await startRedis()
    // Each answer comes 30 ms late.
    const late = createServer((client) => {
      const server = connect(redis.port, "127.0.0.1")
      client.pipe(server)
      server.on("data", (data) => setTimeout(() => client.write(data), 30))
      for (const socket of [client, server]) socket.on("error", () => undefined)
      client.on("close", () => server.destroy())
    }).listen(0, "127.0.0.1")
    await once(late, "listening")
    const [found] = await findings(`redis://127.0.0.1:${(late.address() as AddressInfo).port}`)
    late.close()

    expect(found).toMatchObject({ ok: true, weak: true })
    expect(found?.found).toMatch(
      /counts in [3-9]\d\.\d ms; .*; that is slow: .* from 100 ms on each server counts alone$/,
    )
  })

  test("and says its version, and what happens when its memory is full", async () => {
    await using redis = await startRedis()
    const [found, memory] = await findings(redis.url)
    expect(found).toMatchObject({ check: "Redis", ok: true })
    expect(found?.found).toMatch(
      /^127\.0\.0\.1:\d+, \d+\.\d+\.\d+, counts in [\d.]+ ms; keys begin with doorbuster:$/,
    )
    expect(memory).toEqual({ check: "Redis memory", ok: true, found: "no limit, noeviction" })

    await redis.ask("CONFIG", "SET", "maxmemory", "64mb")
    expect(await findings(redis.url)).toMatchObject([
      {},
      { ok: true, weak: true, found: expect.stringContaining("64 MiB, noeviction; when it is full") },
    ])
    await redis.ask("CONFIG", "SET", "maxmemory-policy", "volatile-ttl")
    expect((await findings(redis.url))[1]).toEqual({
      check: "Redis memory",
      ok: true,
      found: "64 MiB, volatile-ttl",
    })
  })

  test("and reports what keeps it from counting, without a secret", async () => {
    await using redis = await startRedis({ requirepass: "right-password" })
    const at = (login: string) => findings(redis.url.replace("//", `//${login}`))
    const reason = async (login: string) => {
      const [found] = await at(login)
      expect(found).toMatchObject({ check: "Redis", ok: false })
      expect(found?.found).not.toContain("hunter2")
      return found?.found
    }
    expect((await at(":right-password@"))[0]?.ok).toBe(true)
    expect(await reason(":hunter2@")).toContain("does not count: WRONGPASS")
    expect(await reason("shop:hunter2@")).toContain("does not count: WRONGPASS")
    expect(await reason("")).toContain("does not count: NOAUTH")

    redis.pause()
    expect(await reason(":hunter2@")).toContain("did not connect within 1000 ms")
    redis.resume()
    await redis.stop()
    expect(await reason(":hunter2@")).toContain("ECONNREFUSED")
  })

  test("and finds a password that nobody asked for, and a user who may not count", async () => {
    await using redis = await startRedis()
    const [unasked] = await findings(redis.url.replace("//", "//:hunter2@"))
    expect(unasked?.found).toContain("without any password configured")
    expect(unasked?.found).not.toContain("hunter2")

    await redis.ask("ACL", "SETUSER", "shop", "on", ">hunter2", "~other:*", "+@all")
    const [denied] = await findings(redis.url.replace("//", "//shop:hunter2@"))
    expect(denied).toMatchObject({ ok: false, found: expect.stringMatching(/does not count: .*NOPERM/) })
    // As docs/operate/redis.md says, without what only the version needs.
    const needed = ["eval", "evalsha", "set", "incrby", "pttl", "expire", "select"].map((name) => `+${name}`)
    await redis.ask("ACL", "SETUSER", "shop", "resetkeys", "~doorbuster:*", "-@all", ...needed)
    const [allowed] = await findings(redis.url.replace("//", "//shop:hunter2@"))
    expect(allowed).toMatchObject({ ok: true, found: expect.stringContaining("of an unknown version") })
  })

  test("over TLS, and refuses a certificate that nobody vouches for", async () => {
    await using directory = await temporaryDirectory()
    const [cert, key] = [join(directory.path, "cert.pem"), join(directory.path, "key.pem")]
    await writeFile(cert, certificate)
    await writeFile(key, certificateKey)
    const tlsPort = String(await freePort())
    await using redis = await startRedis({
      "tls-port": tlsPort,
      "tls-cert-file": cert,
      "tls-key-file": key,
      "tls-auth-clients": "no",
    })
    expect(redis.port).not.toBe(Number(tlsPort))
    // Where no database is, the other checks find what they find.
    const environment = {
      REDIS_URL: `rediss://localhost:${tlsPort}`,
      DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
    }
    const bare = await runCommand(["doctor"], environment)
    expect(bare.stdout).toMatch(/BAD {2}Redis: localhost:\d+ does not count: .*certificate/)
    const trusted = await runCommand(["doctor"], { ...environment, NODE_EXTRA_CA_CERTS: cert })
    expect(trusted.stdout).toMatch(/ok {3}Redis: localhost:\d+, 7\./)
  })
})
