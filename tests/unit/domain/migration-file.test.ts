import {
  type AppliedMigration,
  compareVersions,
  executableStatements,
  flywayChecksum,
  inVersionOrder,
  migrationChecksum,
  parseMigrationFileName,
  readMigration,
  splitStatements,
  validateHistory,
} from '../../../src/domain/migration-file.js'
import { parsePrecondition } from '../../../src/domain/migration-precondition.js'

const COUNT = 'MATCH (n) RETURN count(n) AS n;'
const BOND = (name: string): string =>
  `CREATE (agent:\`${name}\`) RETURN agent;\nUNWIND RANGE(1,6) AS i\nWITH i CREATE (n:OtherAgents {idx: '00' + i})\nRETURN n\n;\n`
const COMMENT_AT_END =
  'CREATE (s:Stuff)\nSET s.prop = "\nthis is a nice string with\n// a comment\n  // in it!\n";\n// Arbitrary comment at end'
const CONSTRAINT = 'CREATE CONSTRAINT isbn_exists IF NOT EXISTS ON (book:Library) ASSERT exists(book.isbn);\n'
const WITHOUT_ASSUMPTION = `// I was there.\n${CONSTRAINT}MATCH (n) RETURN n;`
const WITH_ASSUMPTION = `// assert that edition is enterprise\n// I was there.\n// assume that version is 4.3\n${CONSTRAINT}// assume that edition is enterprise\nMATCH (n) RETURN n;`

describe('the checksums of neo4j-migrations', () => {
  // Files and values of the tool's own tests (neo4j-and-embedded.md §7).
  it.each([
    ['V0001__unix.cypher', `${COUNT}\n${COUNT}\n${COUNT}\n`, '1902097523'],
    ['V0001__dos.cypher', `${COUNT}\r\n${COUNT}\r\n${COUNT}\r\n`, '1902097523'],
    ['V0001__mac.cypher', `${COUNT}\r${COUNT}\r${COUNT}\r`, '1902097523'],
    ['V0001__delete_old_data.cypher', 'MATCH (n:BrokenData) DETACH DELETE n;', '1100083332'],
    [
      'V0002__create_new_data.cypher',
      'CREATE (n:FixedData) RETURN n;\nMATCH (n) RETURN count(n) AS foobar;\n\n',
      '3226785110',
    ],
    ['V007__BondTheNameIsBond.cypher', BOND('007'), '1236540472'],
    ['V007_1__BondTheNameIsBondNew.cypher', BOND('007_1'), '18064555'],
    ['V007_1_1__BondTheNameIsBondNewNew.cypher', BOND('007_1_1'), '2663714411'],
    ['V021__Die halbe Wahrheit.cypher', 'RETURN 42/2 AS `Die halbe Wahrheit`;', '200310393'],
    ['V021.1__Die halbe Wahrheit neu.cypher', 'RETURN 42/2 AS `Die halbe Wahrheit neu`;\n', '949907516'],
    [
      'V021.1.1__Die halbe Wahrheit neu neu.cypher',
      'RETURN 42/2 AS `Die halbe Wahrheit neu`;\n',
      '949907516',
    ],
    [
      'V4711__MirFallenKeineNamenEin.cypher',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the format, unresolved in the checksum
      'CREATE (n1:`${nm:testLabel}`)\nCREATE (n2:`${nm:anotherLabel}`);',
      '1411768091',
    ],
    ['V5000__WithCommentAtEnd.cypher', COMMENT_AT_END, '1491717096'],
    ['V01__without_assumption.cypher', WITHOUT_ASSUMPTION, '1995107586'],
    ['V01__with_assumption.cypher', WITH_ASSUMPTION, '2044432884'],
  ])('gives %s the checksum the tool gives it', (fileName, source, checksum) => {
    expect(readMigration(fileName, source).checksum).toBe(checksum)
  })

  it.each(['\n', '\r\n'])('counts line ends inside a statement once with autocrlf (%j)', (end) => {
    const statement = `MATCH (n)${end}RETURN count(n) AS n;${end}`
    expect(migrationChecksum(statement.repeat(3), { autocrlf: true })).toBe('1916418554')
    expect(migrationChecksum(statement.repeat(3)) === '1916418554').toBe(end === '\n')
  })

  it('gives the alternative checksum without the precondition lines', () => {
    expect(readMigration('V01__with_assumption.cypher', WITH_ASSUMPTION).alternativeChecksum).toBe(
      '1995107586',
    )
    expect(readMigration('V01__a.cypher', WITH_ASSUMPTION.replaceAll('\n', '\r')).alternativeChecksum).toBe(
      migrationChecksum(WITHOUT_ASSUMPTION.replaceAll('\n', '\r')),
    )
    const plain = readMigration('V01__without_assumption.cypher', WITHOUT_ASSUMPTION)
    expect(plain.alternativeChecksum).toBe(plain.checksum)
  })

  it('gives the signed checksum of Flyway over lines, with or without a byte order mark', () => {
    expect(flywayChecksum(COMMENT_AT_END)).toBe('-626195011')
    expect(flywayChecksum(`\uFEFF${COMMENT_AT_END.replaceAll('\n', '\r\n')}`)).toBe('-626195011')
  })
})

describe('statements', () => {
  it('end with a semicolon at the end of a line only', () => {
    expect(splitStatements('a; b;\nc;;\r\n ;\n\n d ;')).toEqual(['a; b', 'c', 'd'])
    expect(splitStatements(COMMENT_AT_END)).toHaveLength(2)
  })

  it('keep a byte order mark and a no-break space, as the tool does', () => {
    expect(splitStatements('\uFEFFa;\n\u00A0b;\n')).toEqual(['\uFEFFa', '\u00A0b'])
  })

  it('that are only comments are not executed', () => {
    expect(
      executableStatements(['// a\n  // b', '-- c', 'MATCH (n) // d\nRETURN n', '// e\nRETURN 1']),
    ).toEqual(['MATCH (n) // d\nRETURN n', '// e\nRETURN 1'])
  })
})

describe('file names', () => {
  it.each([
    ['V0001__Create_constraints.cypher', '0001', 'Create constraints', false, 'cypher'],
    ['V007_1_1__NewNew.sql', '007.1.1', 'NewNew', false, 'sql'],
    ['V021.1__Die halbe Wahrheit.cypher', '021.1', 'Die halbe Wahrheit', false, 'cypher'],
    ['R2__again', '2', 'again', true, null],
  ])('%s is version %s', (fileName, version, description, repeatable, extension) => {
    expect(parseMigrationFileName(fileName)).toEqual({ version, description, repeatable, extension })
  })

  it.each([
    'V1__with-hyphen.cypher',
    'V1_2.3__mixed.cypher',
    'v1__lower.cypher',
    'V__none.cypher',
    'V1_one.cypher',
    'V1__.cypher',
    'V1__a.b.cypher',
    'afterMigrate__x.cypher',
    'V1__ümlaut.cypher',
    'README.md',
  ])('%s is no migration', (fileName) => {
    expect(parseMigrationFileName(fileName)).toBeNull()
    expect(() => readMigration(fileName, 'RETURN 1;')).toThrow(
      expect.objectContaining({ code: 'BAD_MIGRATION' }),
    )
  })
})

describe('versions', () => {
  it('compare as numbers, part by part', () => {
    const ordered = [
      '0',
      '1',
      '2',
      '007',
      '007.1',
      '007.1.1',
      '007.2',
      '007.10',
      '8',
      '10',
      '99999999999999999998',
      '99999999999999999999',
    ]
    expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered)
    expect(compareVersions('0001', '1')).toBe(0)
  })

  it('may not occur twice', () => {
    const files = [readMigration('V0001__a.sql', 'a;'), readMigration('V1__b.sql', 'b;')]
    expect(() => inVersionOrder(files)).toThrow(/V0001__a\.sql and V1__b\.sql have the same version/)
  })
})

describe('preconditions', () => {
  it('are read from comment lines', () => {
    expect(readMigration('V01__with_assumption.cypher', WITH_ASSUMPTION).preconditions).toEqual([
      { level: 'assert', kind: 'edition', edition: 'enterprise' },
      { level: 'assume', kind: 'version', relation: 'is', versions: ['4.3'] },
      { level: 'assume', kind: 'edition', edition: 'enterprise' },
    ])
    expect(parsePrecondition('// assume that version is ge 5.26')).toEqual({
      level: 'assume',
      kind: 'version',
      relation: 'ge',
      versions: ['5.26'],
    })
    expect(parsePrecondition('//ASSERT that version is 4.4, 5 or 5.26')).toEqual({
      level: 'assert',
      kind: 'version',
      relation: 'is',
      versions: ['4.4', '5', '5.26'],
    })
    expect(parsePrecondition("// assume q' RETURN true")).toEqual({
      level: 'assume',
      kind: 'query',
      query: 'RETURN true',
    })
  })

  it('are not every comment', () => {
    expect(parsePrecondition('// assume nothing')).toBeNull()
    expect(parsePrecondition('// I was there.')).toBeNull()
    expect(parsePrecondition('assert that edition is community')).toBeNull()
  })

  it.each([
    '// assert that edition is communal',
    '// assume that version is',
    '// assume that version is ge 4, 5',
  ])('that cannot be read are refused: %s', (line) => {
    expect(() => parsePrecondition(line)).toThrow(
      expect.objectContaining({ code: 'BAD_MIGRATION', message: expect.stringContaining(line) }),
    )
  })
})

describe('a history', () => {
  const files = [
    readMigration('V0002__b.cypher', 'CREATE (:B);'),
    readMigration('V0001__a.cypher', '// assert that edition is community\nCREATE (:A);'),
    readMigration('V0010__c.cypher', 'CREATE (:C);'),
  ]
  const [second, first, third] = files as [(typeof files)[0], (typeof files)[0], (typeof files)[0]]
  const done = (file: (typeof files)[0], checksum = file.checksum): AppliedMigration => ({
    ...file,
    checksum,
    at: '2026-11-01T00:00:00Z',
  })

  it('that is a prefix of the files leaves the rest, by version', () => {
    expect(validateHistory([], files)).toEqual([first, second, third])
    expect(validateHistory([done(first), done(second)], files)).toEqual([third])
    expect(validateHistory([done(first), done(second), done(third)], files)).toEqual([])
  })

  it('taken before the preconditions were written stays valid', () => {
    expect(first.alternativeChecksum).not.toBe(first.checksum)
    expect(validateHistory([done(first, first.alternativeChecksum)], files)).toEqual([second, third])
  })

  it('with another checksum is refused with the file and both checksums', () => {
    const attempt = (): unknown => validateHistory([done(first), done(second, '42')], files)
    expect(attempt).toThrow(expect.objectContaining({ code: 'BAD_MIGRATION', path: 'V0002__b.cypher' }))
    expect(attempt).toThrow(new RegExp(`V0002__b\\.cypher.*${second.checksum}.* 42$`))
  })

  it('with a gap or another order is refused', () => {
    expect(() => validateHistory([done(first), done(third)], files)).toThrow(
      /V0010__c\.cypher.*V0002__b\.cypher/,
    )
    expect(() => validateHistory([done(second), done(first)], files)).toThrow(
      /V0002__b\.cypher.*V0001__a\.cypher/,
    )
  })

  it('of a migration whose file is gone is refused', () => {
    expect(() => validateHistory([done(first), done(second)], [first])).toThrow(
      /V0002__b\.cypher.*no such file/,
    )
    expect(() => validateHistory([done(second)], [first])).toThrow(/V0002__b\.cypher.*no such file/)
  })

  it('lets a repeatable migration change', () => {
    const again = readMigration('R0001__again.cypher', 'RETURN 1;')
    expect(validateHistory([done(again, '42')], [again])).toEqual([])
  })
})
