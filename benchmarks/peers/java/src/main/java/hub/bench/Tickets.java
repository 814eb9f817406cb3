package hub.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A ticket becomes the order of its department: Avro's generic reader and writer with its fast reader, decoder,
 * encoder and records used again and again. For one thread.
 */
final class Tickets {
  private static final int CATEGORIES = 400;
  private static final int DEPARTMENTS = 40;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final Header TYPE = header("ce_type", "hub.UnitOrder");
  private static final Header VERSION = header("hub_version", "1");

  private final Map<Utf8, Utf8> departments = new HashMap<>();
  private final GenericDatumReader<GenericRecord> reader;
  private final GenericDatumWriter<GenericRecord> writer;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
  private final GenericRecord order;
  private final int unit;
  private final int caseId;
  private final int at;
  private final int category;
  private final int town;
  private BinaryDecoder decoder;
  private BinaryEncoder encoder;
  private GenericRecord ticket;

  /** What a department gets. */
  record Order(byte[] key, byte[] value, List<Header> headers) {}

  Tickets() throws IOException {
    GenericData data = new GenericData();
    data.setFastReaderEnabled(true);
    Schema in = Job.schema("HotlineTicket");
    Schema to = Job.schema("UnitOrder");
    reader = new GenericDatumReader<>(in, in, data);
    writer = new GenericDatumWriter<>(to, data);
    for (int number = 0; number < CATEGORIES; number++) {
      departments.put(new Utf8("c" + number), new Utf8("dept" + number % DEPARTMENTS));
    }
    order = blank(to, data);
    unit = to.getField("unit").pos();
    caseId = to.getField("case_id").pos();
    at = to.getField("at").pos();
    category = to.getField("category").pos();
    town = to.getField("town").pos();
  }

  /** The order of a ticket. */
  Order forward(byte[] body) throws IOException {
    decoder = DecoderFactory.get().binaryDecoder(body, decoder);
    ticket = reader.read(ticket, decoder);
    Utf8 department = departments.get((Utf8) ticket.get("category"));
    Utf8 id = (Utf8) ticket.get("id");
    long reported = (Long) ticket.get("reported_at");
    order.put(unit, department);
    order.put(caseId, id);
    order.put(at, reported);
    order.put(category, ticket.get("category"));
    order.put(town, ((GenericRecord) ticket.get("place")).get("code"));
    out.reset();
    encoder = EncoderFactory.get().binaryEncoder(out, encoder);
    writer.write(order, encoder);
    encoder.flush();
    List<Header> headers =
        List.of(
            new RecordHeader("ce_id", bytes(id)),
            header("ce_time", TIME.format(Instant.ofEpochMilli(reported))),
            TYPE,
            VERSION);
    return new Order(bytes(department), out.toByteArray(), headers);
  }

  /** An order with all that is the same in each. */
  private static GenericRecord blank(Schema schema, GenericData data) {
    GenericRecord order = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      if (field.hasDefaultValue()) {
        order.put(field.pos(), data.getDefaultValue(field));
      }
    }
    order.put("seq", 0L);
    order.put("kind", symbol(schema, "kind", "new"));
    order.put("role", symbol(schema, "role", "lead"));
    order.put("stage", symbol(schema, "stage", "dispatched"));
    order.put("urgency", symbol(schema, "urgency", "general"));
    order.put("signals", 1L);
    return order;
  }

  private static GenericData.EnumSymbol symbol(Schema schema, String field, String symbol) {
    return new GenericData.EnumSymbol(schema.getField(field).schema(), symbol);
  }

  private static byte[] bytes(Utf8 text) {
    return java.util.Arrays.copyOf(text.getBytes(), text.getByteLength());
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
