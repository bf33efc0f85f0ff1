import { registerEnumType } from 'type-graphql'

/** A closed choice whose members are all described; the members are their own values. */
export function describedEnum<Member extends string>(
  name: string,
  description: string,
  members: Readonly<Record<Member, string>>,
): { readonly [M in Member]: M } {
  const names = Object.keys(members) as Member[]
  const values = Object.fromEntries(names.map((member) => [member, member])) as { [M in Member]: M }
  const valuesConfig = Object.fromEntries(
    names.map((member) => [member, { description: members[member] }]),
  ) as { [M in Member]: { description: string } }
  registerEnumType(values, { name, description, valuesConfig })
  return values
}
