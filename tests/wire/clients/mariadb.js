// MariaDB's connector for Node.js as a client of ours: `node mariadb.js <port>`, see matrix.py.
const mariadb = require("mariadb");

const connect = () =>
  mariadb.createConnection({
    host: "127.0.0.1",
    port: Number(process.argv[2]),
    user: process.env.CLIENT_USER,
    password: process.env.CLIENT_PASSWORD,
    rowsAsArray: true,
    ...JSON.parse(process.env.CLIENT_OPTIONS || "{}"),
  });
const plain = (rows) => Array.from(rows, (row) => row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell)));

(async () => {
  const first = await connect();
  const batch = await first.query(process.env.CLIENT_BATCH);
  const found = { version: mariadb.version, batch: plain(batch), columns: batch.meta.map((each) => each.name()) };
  found.command = plain(await first.query("inception get variables 'port'"));
  found.bound = plain(await first.execute("inception get variables ?", ["port"]));
  found.error = await first.query("select nothing from nowhere").catch((error) => error.errno);
  await first.ping();
  await first.end();
  const second = await connect();
  found.again = plain(await second.query("select 1"));
  await second.end();
  console.log(JSON.stringify(found));
})();
