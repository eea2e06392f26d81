// mysql2 of Node.js as a client of ours: `node mysql2.js <port>`, see matrix.py.
const mysql = require("mysql2/promise");

const connect = () =>
  mysql.createConnection({
    host: "127.0.0.1",
    port: Number(process.argv[2]),
    user: process.env.CLIENT_USER,
    password: process.env.CLIENT_PASSWORD,
    rowsAsArray: true,
  });

(async () => {
  const first = await connect();
  const [batch, fields] = await first.query(process.env.CLIENT_BATCH);
  const found = { version: require("mysql2/package.json").version, batch, columns: fields.map((each) => each.name) };
  found.command = (await first.query("inception get variables 'port'"))[0];
  found.bound = (await first.execute("inception get variables ?", ["port"]))[0];
  found.error = await first.query("select nothing from nowhere").catch((error) => error.errno);
  await first.ping();
  await first.end();
  const second = await connect();
  found.again = (await second.query("select 1"))[0];
  await second.end();
  console.log(JSON.stringify(found));
})();
