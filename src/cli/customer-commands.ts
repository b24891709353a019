import type { Command } from "commander"
import { readConfig } from "../config/read-config.ts"
import { names, wholeNumber } from "./option-values.ts"

interface SignArguments {
  readonly seconds: number
  readonly group: readonly string[]
}

/** Adds `sign-customer`. */
export function addSignCustomer(program: Command): void {
  program
    .command("sign-customer")
    .description(
      "print a Customer-Token, signed with the first of CUSTOMER_SECRETS, as your server makes one",
    )
    .argument("<customer>", "who the customer is, such as the id that your shop has for them")
    .option("--seconds <seconds>", "how long the token is valid", wholeNumber(1, 31_536_000), 900)
    .option("--group <name>", "a group of the customer; repeatable", names, [])
    .action(async (customer: string, { seconds, group }: SignArguments) => {
      const { printCustomerToken } = await import("./sign-customer.ts")
      printCustomerToken(readConfig(), { customer, seconds, groups: group })
    })
}
