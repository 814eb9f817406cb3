package hub.bench;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.avro.Schema;

/** What an engine is to do: read a run's input once, to its end. The prefix begins every topic and group. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Job(
    String brokers,
    String prefix,
    String group,
    String source,
    String sink,
    long records,
    String folder,
    double high)
    implements Serializable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The job that the parent gave this process, as JSON, with whole names. */
  static Job given(String[] args) throws IOException {
    Job job = JSON.readValue(args[0], Job.class);
    String prefix = job.prefix;
    return new Job(
        job.brokers,
        prefix,
        prefix + job.group,
        prefix + job.source,
        prefix + job.sink,
        job.records,
        job.folder,
        job.high);
  }

  /** The Avro schema of a contract; the process runs in the project's root. */
  static Schema schema(String contract) throws IOException {
    return new Schema.Parser().parse(Path.of("schemas", contract, "v1.avsc").toFile());
  }
}
