package hub.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Range check and running mean of each sensor of a gateway, in one array: Avro's generic reader, plain loops. */
final class Packs {
  private static final int SENSORS = 200;
  private final GenericDatumReader<GenericRecord> reader;
  private final double high;
  private BinaryDecoder decoder;
  private GenericRecord pack;

  Packs(Job job) throws IOException {
    Schema schema = Job.schema("ReadingPack");
    reader = new GenericDatumReader<>(schema);
    high = job.high();
  }

  /** A gateway's state before its first pack: of each sensor how many readings, then of each their mean. */
  static double[] fresh() {
    return new double[2 * SENSORS];
  }

  /** Takes a pack into its gateway's state; the alarm that it raises, or null. */
  byte[] absorb(byte[] body, double[] state) throws IOException {
    decoder = DecoderFactory.get().binaryDecoder(body, decoder);
    pack = reader.read(pack, decoder);
    ShortBuffer slots = little((ByteBuffer) pack.get("slots")).asShortBuffer();
    DoubleBuffer values = little((ByteBuffer) pack.get("values")).asDoubleBuffer();
    int bad = -1;
    for (int row = 0; row < values.limit(); row++) {
      int slot = slots.get(row) & 0xffff;
      double value = values.get(row);
      double count = state[slot] + 1;
      state[slot] = count;
      state[SENSORS + slot] += (value - state[SENSORS + slot]) / count;
      if (value > high && bad < 0) {
        bad = slot;
      }
    }
    if (bad < 0) {
      return null;
    }
    String alarm = pack.get("id") + " " + bad + " " + (long) state[bad] + " " + state[SENSORS + bad];
    return alarm.getBytes(StandardCharsets.UTF_8);
  }

  private static ByteBuffer little(ByteBuffer bytes) {
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }
}
